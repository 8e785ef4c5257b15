import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { type Import, importQuery } from './contacts';
import { twice } from './fields';
import { Columns } from './import-columns';
import { Rules } from './import-rules';
import { STEPS, type Step, Steps } from './import-steps';
import { Outcome } from './outcome';
import { t } from './t';

export type Settings = {
  separator?: string;
  encoding?: string;
  policy?: string;
  match_by?: string | null;
  tags?: string[];
};
const targetsOf = (run: Import) => run.columns.map((column) => column.target ?? '');
const mappingOf = (run: Import, columns: string[]) =>
  Object.fromEntries(run.columns.map((column, at) => [column.name, columns[at] || null]));

/** A file that waits: how it is read, what would happen, and then the start. */
export function ImportDraft({ run }: { run: Import }) {
  const isChecking = run.status === 'RUNNING' || run.status === 'PAUSED';
  const [step, setStep] = useState<Step>(run.status === 'DRAFT' ? 's2' : 's4');
  const [columns, setColumns] = useState(targetsOf(run));
  const [busy, setBusy] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const send = async (name: string, action: string, init: RequestInit): Promise<Import | undefined> => {
    setBusy(name);
    setProblem(undefined);
    try {
      const next = await request<Import>(`/contacts/import/${run.id}/${action}`, init);
      queryClient.setQueryData(importQuery(run.id).queryKey, next);
      return next;
    } catch (error) {
      setProblem(Problem.of(error));
      return undefined;
    } finally {
      setBusy('');
    }
  };
  const settle = (change: object) => send('settle', '', { method: 'PATCH', body: JSON.stringify(change) });
  // Another separator or encoding makes other columns.
  const reread = async (change: Settings) => {
    const next = await settle(change);
    if (next) setColumns(targetsOf(next));
  };
  const act = (action: 'dry_run' | 'start' | 'pause' | 'resume' | 'cancel') =>
    send(action, `${action}/`, { method: 'POST' });
  const forward = async () => {
    if (step === 's2' && !(await settle({ mapping: mappingOf(run, columns) }))) return;
    setStep(STEPS[STEPS.indexOf(step) + 1] ?? step);
  };
  const doubled = twice(columns);
  const missing = columns.some(Boolean) ? doubled && t('mapTwice', { name: doubled }) : t('mapNothing');
  return (
    <>
      <Steps now={step} />
      {step === 's2' && (
        <Columns run={run} columns={columns} busy={!!busy} onColumns={setColumns} onSettings={(s) => void reread(s)} />
      )}
      {step === 's3' && <Rules run={run} onSettings={(change) => void settle(change)} />}
      {step === 's4' && (
        <Panel title={run.status === 'CHECKED' ? t('checkDone') : t('s4')}>
          {run.status === 'DRAFT' && (
            <Button variant="primary" size="lg" busy={busy === 'dry_run'} onClick={() => void act('dry_run')}>
              {t('check')}
            </Button>
          )}
          {run.status !== 'DRAFT' && <Outcome run={run} words={t('checking')} />}
          {isChecking && (
            <div className="mt-5 flex gap-2">
              <Button
                variant="outline"
                disabled={!!busy}
                onClick={() => void act(run.status === 'PAUSED' ? 'resume' : 'pause')}
              >
                {run.status === 'PAUSED' ? t('resume') : t('pause')}
              </Button>
              <Button variant="risky" disabled={!!busy} onClick={() => void act('cancel')}>
                {t('cancel')}
              </Button>
            </div>
          )}
          {run.status === 'CHECKED' && (
            <Button
              variant="primary"
              size="lg"
              className="mt-5"
              busy={busy === 'start'}
              onClick={() => void act('start')}
            >
              {t('importNow', { n: run.rows_read - run.failed })}
            </Button>
          )}
        </Panel>
      )}
      {problem && (
        <p role="alert" className="text-sm text-bad">
          {problem.words}
        </p>
      )}
      {!isChecking && (
        <div className="flex gap-2">
          {step !== 's2' && (
            <Button variant="outline" onClick={() => setStep(STEPS[STEPS.indexOf(step) - 1] ?? step)}>
              {t('previous')}
            </Button>
          )}
          {step !== 's4' && (
            <Button
              variant="primary"
              busy={busy === 'settle'}
              disabled={!!missing}
              title={missing || undefined}
              onClick={() => void forward()}
            >
              {t('next')}
            </Button>
          )}
          {missing && step === 's2' && <p className="self-center text-sm text-fg-3">{missing}</p>}
          <Button variant="ghost" className="ms-auto" disabled={!!busy} onClick={() => void act('cancel')}>
            {t('giveUp')}
          </Button>
        </div>
      )}
    </>
  );
}
