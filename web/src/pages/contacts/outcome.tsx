import { useEffect, useRef, useState } from 'react';
import { count } from '../../lib/time';
import { Stat } from '../../ui/panel';
import { Progress } from '../../ui/progress';
import type { Import } from './contacts';
import { t } from './t';

/** How far an import is, and what became of its rows. */
export function Outcome({ run, words }: { run: Import; words: string }) {
  const isRunning = run.status === 'RUNNING';
  const rate = useRate(run);
  return (
    <div>
      {isRunning && (
        <p className="mb-2 flex justify-between text-sm text-fg-2" role="status">
          <span>{words}</span>
          {rate > 0 && <span className="tabular-nums">{t('perSecond', { n: rate })}</span>}
        </p>
      )}
      <Progress
        label={t('running')}
        max={1}
        parts={[
          {
            value: run.status === 'COMPLETED' ? 1 : run.progress,
            tone: run.status === 'FAILED' ? 'bad' : isRunning ? 'accent' : 'ok',
          },
        ]}
        className="h-2"
      />
      {run.status_reason && <p className="mt-2 text-sm text-bad">{run.status_reason}</p>}
      <dl className="mt-5 grid grid-cols-3 gap-4 sm:grid-cols-5">
        <Stat label={t('rRead')} value={count(run.rows_read)} />
        <Stat label={t('rNew')} value={count(run.created)} tone="text-ok" />
        <Stat label={t('rUpdated')} value={count(run.updated)} />
        <Stat label={t('rSame')} value={count(run.unchanged)} />
        <Stat label={t('rBad')} value={count(run.failed)} tone={run.failed ? 'text-bad' : ''} />
      </dl>
      {run.failed > 0 && !isRunning && (
        <a
          href={`/contacts/import/${run.id}/errors/`}
          download
          className="mt-3 inline-block text-sm font-medium text-accent-text underline"
        >
          {t('badRows')}
        </a>
      )}
    </div>
  );
}

/** Rows a second between two answers. */
function useRate(run: Import): number {
  const last = useRef({ at: Date.now(), rows: run.rows_read });
  const [rate, setRate] = useState(0);
  useEffect(() => {
    const now = { at: Date.now(), rows: run.rows_read };
    const span = (now.at - last.current.at) / 1000;
    if (span > 0.3 && now.rows > last.current.rows) {
      setRate(Math.round((now.rows - last.current.rows) / span));
      last.current = now;
    }
  }, [run.rows_read]);
  return rate;
}
