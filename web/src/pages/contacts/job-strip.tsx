import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, body, queryClient } from '../../lib/api';
import { useFresh } from '../../lib/fresh';
import { Problem } from '../../lib/problem';
import { count } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Progress } from '../../ui/progress';
import { type Job, jobTold, lastJobQuery } from './jobs';
import { t } from './t';

/** What is being done to many contacts, how far it is, and what came of it. */
export function JobStrip() {
  const { data: job } = useQuery(lastJobQuery);
  const [watched, setWatched] = useState<string>();
  useFresh('contact_job_progress', lastJobQuery.queryKey);
  const isRunning = job?.status === 'RUNNING';
  const isWatched = !!job && job.id === watched;
  useEffect(() => {
    if (isRunning) setWatched(job?.id);
  }, [isRunning, job?.id]);
  useEffect(() => {
    if (isWatched && !isRunning) void queryClient.invalidateQueries({ queryKey: ['contacts'] });
  }, [isWatched, isRunning]);
  if (!job || !(isRunning || isWatched)) return null;
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-4 py-2 md:px-6">
      <span className="text-sm font-medium">{isRunning ? doing(job) : outcome(job)}</span>
      {isRunning ? (
        <>
          <Progress
            label={t('jobProgress')}
            max={job.total}
            parts={[{ value: job.done }]}
            className="min-w-24 max-w-64 flex-1"
          />
          <span className="text-xs text-fg-3 tabular-nums">
            {t('jobFar', { done: count(job.done), total: count(job.total) })}
          </span>
          <Stop job={job} />
        </>
      ) : (
        <Button
          variant="ghost"
          size="iconsm"
          className="ms-auto"
          aria-label={t('jobDismiss')}
          onClick={() => setWatched(undefined)}
        >
          <X size={15} aria-hidden="true" />
        </Button>
      )}
    </div>
  );
}

function Stop({ job }: { job: Job }) {
  const [busy, setBusy] = useState(false);
  const stop = async () => {
    setBusy(true);
    try {
      jobTold(await body<Job>(api.POST('/contacts/jobs/{id}/cancel/', { params: { path: { id: job.id } } })));
    } catch (error) {
      toast(Problem.of(error).message, { kind: 'failed' });
    }
    setBusy(false);
  };
  return (
    <Button variant="risky" size="sm" busy={busy} onClick={stop}>
      {t('jobStop')}
    </Button>
  );
}

const doing = ({ action, words }: Job) => t(`job_${action}`, { words: words.join(', ') });

function outcome(job: Job): string {
  const failed = job.failed > 0 ? ` ${t('jobFailed', { n: job.failed })}` : '';
  if (job.status === 'COMPLETED') return t('jobDone', { n: job.changed }) + failed;
  if (job.status === 'CANCELLED') return t('jobStopped', { done: count(job.done), total: count(job.total) }) + failed;
  return `${t('jobBroken')} ${job.status_reason ?? ''}`;
}
