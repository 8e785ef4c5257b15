import { lazy, Suspense, useEffect, useState } from 'react';
import { count } from '../../lib/time';
import { Panel } from '../../ui/panel';
import type { Broadcast } from './broadcasts';
import { t } from './t';

const Chart = lazy(() => import('../../ui/chart'));
type Sample = { at: number; sent: number; failed: number };
/** Ten minutes of seconds. */
const SAMPLES_MAX = 600;
const WINDOW_MS = 60_000;
// Outlives the page, so that coming back shows what was seen.
const seen = new Map<string, Sample[]>();
const LINES = [
  { label: t('sent'), token: 'accent', fill: true },
  { label: t('failed'), token: 'bad' },
];

/** The run as this page saw it, second by second. */
export function Live({ one }: { one: Broadcast }) {
  const [samples, setSamples] = useState(() => seen.get(one.id) ?? []);
  const { id, sent, failed, blocked, updated_at } = one;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer is one sample
  useEffect(() => {
    const next = [...(seen.get(id) ?? []), { at: Date.now(), sent, failed: failed + blocked }].slice(-SAMPLES_MAX);
    seen.set(id, next);
    setSamples(next);
  }, [id, sent, failed, blocked, updated_at]);
  const last = samples.at(-1);
  const before = samples.find((sample) => last && last.at - sample.at <= WINDOW_MS);
  const span = last && before ? last.at - before.at : 0;
  const rate = last && before && span > 2_000 ? Math.round(((last.sent - before.sent) * WINDOW_MS) / span) : undefined;
  return (
    <Panel
      title={t('live')}
      actions={
        rate !== undefined && (
          <span className="text-sm text-fg-2 tabular-nums">
            {t('rate')} {count(rate)}
          </span>
        )
      }
    >
      <Suspense fallback={<div className="h-[180px]" />}>
        <Chart
          label={t('chart')}
          times={samples.map((sample) => sample.at / 1000)}
          lines={LINES}
          values={[samples.map((sample) => sample.sent), samples.map((sample) => sample.failed)]}
        />
      </Suspense>
    </Panel>
  );
}
