import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { api, body, request } from '../../lib/api';
import { cx } from '../../lib/cx';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { bytes, count, listTime } from '../../lib/time';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Choices } from '../../ui/choices';
import { Page } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import { NoPermission } from '../../ui/states';
import { TagInput } from '../../ui/tag-input';
import { Back } from './contact';
import { type Import, importQuery } from './contacts';
import { attribute, FIELDS, guess, type Head, readHead } from './csv';
import { Outcome } from './outcome';
import { t } from './t';

type Policy = 'update' | 'fill_empty' | 'skip';
type Plan = { file: File; head: Head; columns: string[]; policy: Policy; tags: string[] };
const STEPS = ['s1', 's2', 's3', 's4'] as const;
type Step = (typeof STEPS)[number];

/** From a file to contacts, in four steps of which the last one shows what would happen. */
export default function ImportPage() {
  const manages = useIsAtLeast('MANAGER');
  const [plan, setPlan] = useState<Plan>();
  const [step, setStep] = useState<Step>('s1');
  const go = (by: number) => setStep(STEPS[Math.max(0, Math.min(STEPS.length - 1, STEPS.indexOf(step) + by))] ?? step);
  const change = (part: Partial<Plan>) => plan && setPlan({ ...plan, ...part });
  return (
    <Page title={t('importTitle')} actions={<Back />}>
      <div className="mx-auto max-w-3xl space-y-5 p-4 md:p-6">
        {!manages ? (
          <NoPermission who="Manager" />
        ) : (
          <>
            <ol className="no-scrollbar flex gap-2 overflow-x-auto" aria-label={t('importTitle')}>
              {STEPS.map((key, at) => (
                <li
                  key={key}
                  aria-current={key === step ? 'step' : undefined}
                  className={cx(
                    'flex items-center gap-2 rounded-full px-3 py-1 text-sm font-medium whitespace-nowrap',
                    key === step ? 'bg-accent-soft text-accent-text' : 'text-fg-3',
                  )}
                >
                  <span className="tabular-nums">{at + 1}</span> {t(key)}
                </li>
              ))}
            </ol>
            {step === 's1' && (
              <Drop
                onFile={(file, head) => {
                  setPlan({ file, head, columns: guess(head.names), policy: 'update', tags: [] });
                  setStep('s2');
                }}
              />
            )}
            {step === 's2' && plan && <Columns plan={plan} onChange={change} />}
            {step === 's3' && plan && <Rules plan={plan} onChange={change} />}
            {step === 's4' && plan && <Check plan={plan} />}
            {step !== 's1' && (
              <div className="flex gap-2">
                <Button variant="outline" onClick={() => go(-1)}>
                  {t('previous')}
                </Button>
                {step !== 's4' && (
                  <Button
                    variant="primary"
                    disabled={!plan?.columns.some(Boolean)}
                    title={plan?.columns.some(Boolean) ? undefined : t('mapNothing')}
                    onClick={() => go(1)}
                  >
                    {t('next')}
                  </Button>
                )}
              </div>
            )}
            {step === 's1' && <Earlier />}
          </>
        )}
      </div>
    </Page>
  );
}

function Drop({ onFile }: { onFile: (file: File, head: Head) => void }) {
  const [over, setOver] = useState(false);
  const [wrong, setWrong] = useState(false);
  const take = async (file: File | undefined) => {
    if (!file) return;
    const head = await readHead(file).catch(() => undefined);
    setWrong(!head);
    if (head) onFile(file, head);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside is the first
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
      className={cx(
        'flex flex-col items-center gap-3 rounded-2xl border-2 border-dashed px-6 py-14 text-center',
        over ? 'border-accent-text bg-accent-soft' : 'border-line-2',
      )}
    >
      <FileUp size={34} strokeWidth={1.4} className="text-fg-3" aria-hidden="true" />
      <p className="font-medium">{t('drop')}</p>
      <p className="text-sm text-fg-3">{t('dropAbout')}</p>
      <label className="inline-flex h-9 items-center rounded-lg bg-accent px-4 text-sm font-medium text-on-accent focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent-text hover:bg-accent-hover">
        {t('choose')}
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          className="sr-only"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      {wrong && (
        <p role="alert" className="text-sm text-bad">
          {t('notCsv')}
        </p>
      )}
    </div>
  );
}

type StepProps = { plan: Plan; onChange: (part: Partial<Plan>) => void };
const words = (field: string) => field.replaceAll('_', ' ');

function Columns({ plan, onChange }: StepProps) {
  const { head, columns } = plan;
  const set = (at: number, value: string) => onChange({ columns: columns.map((one, i) => (i === at ? value : one)) });
  return (
    <Panel title={t('s2')} about={`${plan.file.name} · ${bytes(plan.file.size)}`}>
      <div className="overflow-x-auto">
        <table className="w-full min-w-[460px] text-sm">
          <thead className="text-xs text-fg-3">
            <tr>
              <th className="py-2 text-start font-medium">{t('column')}</th>
              <th className="text-start font-medium">{t('sample')}</th>
              <th className="w-52 text-start font-medium">{t('becomes')}</th>
            </tr>
          </thead>
          <tbody>
            {head.names.map((name, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their place
              <tr key={at} className="border-t border-line">
                <td className="py-2 pe-3 font-medium" dir="auto">
                  {name}
                </td>
                <td className="max-w-48 truncate pe-3 text-fg-2" dir="auto">
                  {head.rows
                    .map((row) => row[at])
                    .filter(Boolean)
                    .slice(0, 3)
                    .join(', ')}
                </td>
                <td className="py-1.5">
                  <Select
                    label={name}
                    value={columns[at] ?? ''}
                    onChange={(value) => set(at, value)}
                    options={[
                      { value: '', label: t('leaveOut') },
                      ...FIELDS.map((value) => ({ value, label: words(value) })),
                      ...(attribute(name)
                        ? [{ value: `custom.${attribute(name)}`, label: t('asCustom', { name: attribute(name) }) }]
                        : []),
                    ]}
                    className="w-full"
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Rules({ plan, onChange }: StepProps) {
  return (
    <Panel title={t('s3')} about={t('matchBy')}>
      <div className="space-y-5">
        <Choices
          label={t('policy')}
          value={plan.policy}
          onChange={(policy) => onChange({ policy })}
          options={(['update', 'fill_empty', 'skip'] as const).map((value) => ({
            value,
            label: t(value),
            hint: t(`${value}Hint`),
          }))}
        />
        <TagInput label={t('importTags')} value={plan.tags} onChange={(tags) => onChange({ tags })} />
      </div>
    </Panel>
  );
}

async function upload(plan: Plan, isDryRun: boolean): Promise<Import> {
  const form = new FormData();
  const mapping = Object.fromEntries(plan.head.names.map((name, at) => [name, plan.columns[at] || null]));
  form.set('mapping', JSON.stringify(mapping));
  form.set('separator', plan.head.separator === '\t' ? 'tab' : plan.head.separator);
  form.set('policy', plan.policy);
  form.set('tags', JSON.stringify(plan.tags));
  form.set('dry_run', String(isDryRun));
  form.set('file', plan.file, plan.file.name);
  return request<Import>('/contacts/import/', { method: 'POST', body: form });
}

/** Every row is read as it would be, and nothing is written; then the same file for good. */
function Check({ plan }: { plan: Plan }) {
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = useQuery({ ...importQuery(id), enabled: !!id }).data;
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  const check = () => attempt(async () => setId((await upload(plan, true)).id));
  const really = () =>
    attempt(async () => {
      const made = await upload(plan, false);
      await navigate({ to: `/contacts/import/${made.id}` });
    });
  const isDone = run && run.status !== 'RUNNING';
  return (
    <Panel title={isDone ? t('checkDone') : t('s4')}>
      {!id && (
        <Button variant="primary" size="lg" busy={busy} onClick={check}>
          {t('check')}
        </Button>
      )}
      {run && <Outcome run={run} words={t('checking')} />}
      {isDone && (
        <Button variant="primary" size="lg" className="mt-5" busy={busy} onClick={really}>
          {t('importNow', { n: run.rows_read - run.failed })}
        </Button>
      )}
      {problem && (
        <p role="alert" className="mt-3 text-sm text-bad">
          {Object.values(problem.errors).flat().join(' ') || problem.message}
        </p>
      )}
    </Panel>
  );
}

function Earlier() {
  const query = { page_size: 5 };
  const { data } = useQuery({
    queryKey: ['imports'],
    queryFn: ({ signal }) => body(api.GET('/contacts/import/', { params: { query }, signal })),
  });
  const runs = (data?.results ?? []) as Import[];
  if (!runs.length) return null;
  return (
    <Panel title={t('lastImports')}>
      <ul className="divide-y divide-line text-sm">
        {runs.map((run) => (
          <li key={run.id} className="flex items-center gap-3 py-2">
            <Link to={`/contacts/import/${run.id}`} className="min-w-0 flex-1 truncate font-medium hover:underline">
              {run.file_name ?? run.id}
            </Link>
            <span className="text-fg-3 tabular-nums">{count(run.rows_read)}</span>
            <Chip tone={run.status === 'FAILED' ? 'bad' : run.status === 'COMPLETED' ? 'ok' : 'plain'}>
              {t(run.status)}
            </Chip>
            <time className="w-16 text-end text-xs text-fg-3">{listTime(run.created_at)}</time>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
