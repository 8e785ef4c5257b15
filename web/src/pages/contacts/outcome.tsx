import { count, lasting } from '../../lib/time';
import { Stat } from '../../ui/panel';
import { Progress } from '../../ui/progress';
import type { Import } from './contacts';
import { t } from './t';

/** How far an import is, and what became of its rows. */
export function Outcome({ run, words }: { run: Import; words: string }) {
  const isRunning = run.status === 'RUNNING';
  const left = run.eta_seconds;
  return (
    <div>
      {isRunning && (
        <p className="mb-2 flex justify-between text-sm text-fg-2" role="status">
          <span>{words}</span>
          <span className="tabular-nums">
            {run.rows_per_second != null && t('perSecond', { n: Math.round(run.rows_per_second) })}
            {left != null && ` · ${t('left', { time: left < 90 ? `${Math.max(1, left)}s` : lasting(left * 1000) })}`}
          </span>
        </p>
      )}
      <Progress
        label={t('running')}
        max={1}
        parts={[
          {
            value: run.progress,
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
