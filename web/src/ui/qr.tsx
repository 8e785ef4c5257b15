import { useMemo } from 'react';
import { encode } from 'uqr';

/** A code for phones, drawn as one path. Dark on light in both themes: cameras expect it so. */
export default function Qr({ value, label, size = 160 }: { value: string; label: string; size?: number }) {
  const { path, side } = useMemo(() => {
    const { data } = encode(value, { border: 2 });
    const cells = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : '')));
    return { path: cells.join(''), side: data.length };
  }, [value]);
  return (
    <svg
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
      className="rounded-lg bg-white text-black"
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}
