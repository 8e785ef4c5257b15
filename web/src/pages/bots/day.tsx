import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { api, body, type Schemas } from '../../lib/api';
import { count } from '../../lib/time';
import { Panel } from '../../ui/panel';
import { Failed, Skeleton } from '../../ui/states';
import type { Bot } from './bots';
import { t } from './t';

const Chart = lazy(() => import('../../ui/chart'));
type Point = Schemas['BotPointView'];
const DAY_S = 86_400;
const LINES = [
  { label: t('daySent'), token: 'accent', fill: true },
  { label: t('dayFailed'), token: 'bad' },
  { label: t('dayWaiting'), token: 'warn' },
];

/** What it sent, what failed and what waited over the last 24 hours. */
export function Day({ bot }: { bot: Bot }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['bots', bot.id, 'series'],
    queryFn: ({ signal }) =>
      body<Schemas['BotSeriesView']>(
        api.GET('/telegram/v1/bots/{id}/series/', { params: { path: { id: bot.id } }, signal }),
      ),
    refetchInterval: 60_000,
  });
  const drawn = useMemo(() => data && filled(data.points, data.step_seconds), [data]);
  const points = data?.points ?? [];
  const throttled = points.reduce((sum, point) => sum + point.throttled, 0);
  const totals = [
    points.reduce((sum, point) => sum + point.sent, 0),
    points.reduce((sum, point) => sum + lost(point), 0),
    points.reduce((most, point) => Math.max(most, point.waiting), 0),
  ];
  return (
    <Panel title={t('day')}>
      {!data ? (
        error ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton rows={3} />
        )
      ) : !points.length ? (
        <p className="text-sm text-fg-3">{t('dayNothing')}</p>
      ) : (
        <>
          <ul className="mb-3 flex flex-wrap gap-x-5 gap-y-1 text-sm text-fg-2 tabular-nums">
            {LINES.map((line, at) => (
              <li key={line.token} className="flex items-center gap-1.5">
                <span aria-hidden="true" className={`size-2.5 rounded-full ${DOTS[at]}`} />
                {line.label} <b className="font-semibold text-fg">{count(totals[at] ?? 0)}</b>
              </li>
            ))}
            {throttled > 0 && <li className="text-warn">{t('dayThrottled', { n: throttled })}</li>}
          </ul>
          <Suspense fallback={<div className="h-[180px]" />}>
            {drawn && <Chart label={t('dayChart')} times={drawn.times} lines={LINES} values={drawn.values} />}
          </Suspense>
        </>
      )}
    </Panel>
  );
}

const DOTS = ['bg-accent', 'bg-bad', 'bg-warn'];
const lost = (point: Point) => point.failed + point.blocked + point.unknown;

/** One value for each step of the day; times that are absent have had nothing. */
function filled(points: Point[], step: number) {
  const known = new Map(points.map((point) => [Date.parse(point.at) / 1_000, point]));
  const last = Math.floor(Date.now() / 1_000 / step) * step;
  const times = Array.from({ length: DAY_S / step + 1 }, (_, at) => last - DAY_S + at * step);
  const line = (value: (point: Point) => number) =>
    times.map((at) => {
      const point = known.get(at);
      return point ? value(point) : 0;
    });
  return { times, values: [line((point) => point.sent), line(lost), line((point) => point.waiting)] };
}
