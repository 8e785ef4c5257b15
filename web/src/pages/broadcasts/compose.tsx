import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, body } from '../../lib/api';
import { cx } from '../../lib/cx';
import { useHotkeys } from '../../lib/hotkeys';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { clock } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Page } from '../../ui/page';
import { Failed, NoPermission, Skeleton } from '../../ui/states';
import { AudienceStep, useReach } from './audience-step';
import { Back } from './back';
import { type Broadcast, broadcastQuery, told } from './broadcasts';
import { bodyOf, type Draft, EMPTY, isSomebody, kept, read } from './draft';
import { MessageStep } from './message-step';
import { Phone } from './phone';
import { ReviewStep } from './review-step';
import { ScheduleStep } from './schedule-step';
import { t } from './t';

const STEPS = ['step1', 'step2', 'step3', 'step4'] as const;
type Step = (typeof STEPS)[number];

export default function ComposePage() {
  const manages = useIsAtLeast('MANAGER');
  const { id } = useParams({ strict: false });
  const found = useQuery({ ...broadcastQuery(id ?? ''), enabled: !!id, refetchInterval: false });
  const [{ to }] = useFilters();
  const title = id ? t('editTitle') : t('newTitle');
  if (!manages || (id && !found.data))
    return (
      <Page title={title} back={<Back />}>
        {!manages ? (
          <NoPermission who="Manager" />
        ) : found.isError ? (
          <Failed error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton />
        )}
      </Page>
    );
  const before = found.data ? read(found.data) : ({ ...EMPTY, ...kept.get() } as Draft);
  const chosen = to ? { ...before, audience: 'chosen' as const, recipients: to.split(',') } : before;
  return <Compose key={id ?? 'new'} initial={chosen} title={title} />;
}

function Compose({ initial, title }: { initial: Draft; title: string }) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(initial);
  const [step, setStep] = useState<Step>('step1');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState('');
  const [savedAt, setSavedAt] = useState(0);
  const reach = useReach(draft, step === 'step2' || step === 'step4');
  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    if (!next.id) kept.set(next);
  };
  /** Writes it to the server, as a draft or as what is to be sent. */
  const put = async (also: object): Promise<Broadcast> => {
    const given = { ...bodyOf(draft), ...also };
    const one = await body(
      (draft.id
        ? api.PATCH('/broadcast/{id}/', { params: { path: { id: draft.id } }, body: given })
        : api.POST('/broadcast/', { body: given })) as Promise<{ data?: Broadcast }>,
    );
    told(one);
    kept.set(null);
    setDraft((now) => ({ ...now, id: one.id }));
    return one;
  };
  const attempt = async (what: string, work: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      const refused = Problem.of(error);
      setProblem(refused);
      const { errors } = refused;
      if (errors.name || errors.message_text || errors.buttons || errors.media_url) setStep('step1');
      else if (!Object.keys(errors).length) toast(refused.message, { kind: 'failed' });
    }
    setBusy('');
  };
  const save = () =>
    attempt('save', async () => {
      await put({ status: 'DRAFT' });
      setSavedAt(Date.now());
    });
  const send = () =>
    attempt('send', async () => {
      const at = draft.when === 'at' ? new Date(draft.at).toISOString() : undefined;
      const one = await put(at ? { scheduled_time: at, status: 'SCHEDULED' } : draft.id ? { status: 'QUEUED' } : {});
      await navigate({ to: `/broadcasts/${one.id}`, replace: true });
    });
  const next = () => setStep(STEPS[Math.min(STEPS.indexOf(step) + 1, STEPS.length - 1)] ?? step);
  useHotkeys({
    'mod+s': () => void save(),
    'mod+Enter': () => (step === 'step4' ? undefined : next()),
  });
  useOffer('compose', {
    shortcuts: [
      {
        group: title,
        rows: [
          ['Ctrl S', t('keysSave')],
          ['Ctrl Enter', t('keysNext')],
        ],
      },
    ],
  });
  const errors = problem?.errors ?? {};
  const counts: Partial<Record<Step, number>> = {
    step1: ['name', 'message_text', 'buttons', 'media_url', 'parse_mode'].filter((field) => errors[field]).length,
    step2: isSomebody(draft) ? 0 : 1,
    step3: ['scheduled_time', 'quiet_hours', 'rate_limit'].filter((field) => errors[field]).length,
  };
  return (
    <Page
      title={title}
      back={<Back />}
      status={savedAt ? t('draftSaved', { time: clock(savedAt) }) : draft.id ? undefined : t('draftKept')}
      actions={
        <Button variant="outline" busy={busy === 'save'} onClick={save}>
          {t('saveDraft')}
        </Button>
      }
    >
      <div className="mx-auto grid grid-cols-1 max-w-6xl gap-6 p-4 md:grid-cols-[150px_minmax(0,1fr)] md:p-6 lg:grid-cols-[150px_minmax(0,1fr)_330px]">
        <Steps step={step} counts={counts} onGo={setStep} />
        <div className="min-w-0 space-y-6">
          {step === 'step1' && <MessageStep draft={draft} onChange={change} errors={errors} />}
          {step === 'step2' && <AudienceStep draft={draft} onChange={change} reach={reach} errors={errors} />}
          {step === 'step3' && <ScheduleStep draft={draft} onChange={change} reach={reach} errors={errors} />}
          {step === 'step4' && (
            <ReviewStep
              draft={draft}
              reach={reach}
              busy={busy === 'send'}
              problem={problem}
              onSend={send}
              onSave={put}
            />
          )}
          {step !== 'step4' && (
            <Button variant="primary" size="lg" onClick={next}>
              {t('next')}
            </Button>
          )}
        </div>
        <Phone draft={draft} className="max-lg:hidden" />
        {(step === 'step1' || step === 'step4') && <Phone draft={draft} className="md:col-start-2 lg:hidden" />}
      </div>
    </Page>
  );
}

type StepsProps = { step: Step; counts: Partial<Record<Step, number>>; onGo: (step: Step) => void };
const Steps = ({ step, counts, onGo }: StepsProps) => (
  <nav aria-label={t('steps')}>
    <ol className="no-scrollbar flex gap-1 overflow-x-auto max-md:justify-between md:sticky md:top-6 md:flex-col">
      {STEPS.map((key, at) => (
        <li key={key}>
          <button
            type="button"
            aria-current={key === step ? 'step' : undefined}
            onClick={() => onGo(key)}
            className={cx(
              'flex h-9 w-full items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium whitespace-nowrap max-md:h-11',
              key === step ? 'bg-accent-soft text-accent-text' : 'text-fg-2 hover:bg-sunken',
            )}
          >
            <span
              className={cx(
                'flex size-5 shrink-0 items-center justify-center rounded-full text-2xs font-semibold',
                key === step ? 'bg-accent text-on-accent' : 'bg-sunken text-fg-2',
              )}
            >
              {at + 1}
            </span>
            {/* On a phone only the present step is spelt out, so that all four are in sight. */}
            <span className={cx(key !== step && 'max-md:sr-only')}>{t(key)}</span>
            {!!counts[key] && (
              <span className="ms-auto flex size-4 items-center justify-center rounded-full bg-bad-soft text-2xs text-bad">
                {counts[key]}
              </span>
            )}
          </button>
        </li>
      ))}
    </ol>
  </nav>
);
