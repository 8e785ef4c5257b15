import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { request } from '../../lib/api';
import { count, ms } from '../../lib/time';
import { Panel } from '../../ui/panel';
import { type Broadcast, isRunning } from './broadcasts';
import { t } from './t';

const Chart = lazy(() => import('../../ui/chart'));
type Tick = { at: string; sent: number; failed: number; blocked: number; unknown: number; throttled: number };
type Series = { seconds: Tick[]; step_seconds: number; run: Tick[] };
const MINUTE_MS = 60_000;
const FAST_MS = 1_000;
const LINES = [
  { label: t('sent'), token: 'accent', fill: true },
  { label: t('failed'), token: 'bad' },
];

/** The run over time: while it lasts the last ten minutes by the second, then the whole of it. */
export function Live({ one }: { one: Broadcast }) {
  const running = isRunning(one);
  const { data } = useQuery({
    queryKey: ['broadcasts', 'series', one.id],
    queryFn: ({ signal }) => request<Series>(`/broadcast/${one.id}/series/`, { signal }),
    refetchInterval: running ? FAST_MS : false,
    retry: false,
  });
  const ticks = data ? (running ? data.seconds : data.run) : [];
  const drawn = useMemo(() => cumulated(ticks, running), [ticks, running]);
  if (!data || ticks.length < 2) return null;
  const now = ms(ticks.at(-1)?.at ?? 0);
  const rate = data.seconds.filter((tick) => now - ms(tick.at) < MINUTE_MS).reduce((sum, tick) => sum + tick.sent, 0);
  const throttled = ticks.reduce((sum, tick) => sum + tick.throttled, 0);
  return (
    <Panel
      title={t('live')}
      actions={
        <span className="flex gap-4 text-sm text-fg-2 tabular-nums">
          {running && <span>{t('perMinute', { n: count(rate) })}</span>}
          {throttled > 0 && <span className="text-warn">{t('throttled', { n: throttled })}</span>}
        </span>
      }
    >
      <Suspense fallback={<div className="h-[180px]" />}>
        <Chart label={t('chart')} times={drawn.times} lines={LINES} values={drawn.values} />
      </Suspense>
    </Panel>
  );
}

/** Running totals, which read better than a bar for every second. */
function cumulated(ticks: Tick[], running: boolean) {
  let sent = 0;
  let failed = 0;
  const times: number[] = [];
  const values: [number[], number[]] = [[], []];
  const push = (at: number) => {
    times.push(at);
    values[0].push(sent);
    values[1].push(failed);
  };
  for (const tick of ticks) {
    const at = ms(tick.at) / 1000;
    // Where nothing happened the line goes on flat.
    if ((times.at(-1) ?? at) < at - 1) push(at - 1);
    sent += tick.sent;
    failed += tick.failed + tick.blocked;
    push(at);
  }
  if (running && times.length) push(Date.now() / 1000);
  return { times, values };
}
