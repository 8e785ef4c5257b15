import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import { clock, clockWithSeconds } from '../lib/time';

export type Line = { label: string; token: string; fill?: boolean };
type Props = { label: string; times: number[]; lines: Line[]; values: number[][]; height?: number };

/** A chart over time, in the colours of the theme. Its own chunk: import it lazily. */
export default function Chart({ label, times, lines, values, height = 180 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; data come by the effect below
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const make = () => {
      const colour = (token: string) => getComputedStyle(el).getPropertyValue(`--${token}`).trim();
      const axis = {
        stroke: colour('fg-3'),
        grid: { stroke: colour('line'), width: 1 },
        ticks: { show: false },
        font: '11px "Inter Variable", sans-serif',
      };
      plot.current?.destroy();
      plot.current = new uPlot(
        {
          width: el.clientWidth,
          height,
          cursor: { drag: { x: false, y: false }, points: { size: 6 } },
          legend: { show: false },
          scales: { y: { range: (_, __, max) => [0, Math.max(5, max * 1.1)] } },
          axes: [
            {
              ...axis,
              size: 28,
              space: 70,
              // Ticks less than a minute apart would all say the same.
              values: (_, ticks, __, ___, step) =>
                ticks.map((seconds) => (step < 60 ? clockWithSeconds : clock)(seconds * 1_000)),
            },
            { ...axis, size: 44 },
          ],
          series: [
            {},
            ...lines.map((line) => ({
              label: line.label,
              stroke: colour(line.token),
              width: 2,
              points: { show: false },
              ...(line.fill && { fill: `color-mix(in srgb, ${colour(line.token)} 14%, transparent)` }),
            })),
          ],
        },
        [times, ...values] as uPlot.AlignedData,
        el,
      );
    };
    make();
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: el.clientWidth, height }));
    resize.observe(el);
    const theme = new MutationObserver(make);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      resize.disconnect();
      theme.disconnect();
      plot.current?.destroy();
    };
  }, [lines, height]);
  useEffect(() => plot.current?.setData([times, ...values] as uPlot.AlignedData), [times, values]);
  return <div ref={box} role="img" aria-label={label} className="w-full overflow-hidden" style={{ height }} />;
}
