import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, ExternalLink, LoaderCircle } from 'lucide-react';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { api, body, type Schemas } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Page } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import { NoPermission } from '../../ui/states';
import { Back } from './back';
import { type Bot, told } from './bots';
import { t } from './t';

const Qr = lazy(() => import('../../ui/qr'));
type Mode = '' | 'webhook' | 'polling';

export default function AddBotPage() {
  const manages = useIsAtLeast('MANAGER');
  const [bot, setBot] = useState<Bot>();
  return (
    <Page title={bot ? t('connected', { name: bot.name }) : t('addTitle')} back={<Back />}>
      <div className="mx-auto max-w-xl p-4 md:p-8">
        {!manages ? <NoPermission who="Manager" /> : bot ? <Hello bot={bot} /> : <Form onDone={setBot} />}
      </div>
    </Page>
  );
}

function Form({ onDone }: { onDone: (bot: Bot) => void }) {
  const [mode, setMode] = useState<Mode>('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('bot_token') ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      const bot = await body<Bot>(
        api.POST('/telegram/v1/bots/', {
          body: { bot_token: token, daily_limit: null, ...(mode && { receive_mode: mode }) },
        }),
      );
      told(bot);
      onDone(bot);
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  const modes = [
    { value: '', label: t('howAuto') },
    { value: 'webhook', label: t('webhook') },
    { value: 'polling', label: t('polling') },
  ];
  const hint = { '': t('howAutoHint'), webhook: t('howWebhookHint'), polling: t('howPollingHint') }[mode];
  return (
    <Panel about={t('addAbout')} title={t('token')}>
      <form onSubmit={submit} className="space-y-5" noValidate>
        <Field label={t('token')} hint={t('tokenHint')} errors={problem?.errors.bot_token}>
          <Input name="bot_token" autoFocus autoComplete="off" spellCheck={false} className="font-mono" required />
        </Field>
        <Field label={t('how')} hint={hint} errors={problem?.errors.receive_mode}>
          <Select value={mode} onChange={(next) => setMode(next as Mode)} options={modes} className="w-full" />
        </Field>
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
            {problem.message}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={busy} className="w-full">
          {t('connect')}
        </Button>
      </form>
    </Panel>
  );
}

/** The proof that it works: a message of one's own arrives. */
function Hello({ bot }: { bot: Bot }) {
  const query = { bot_app_id: bot.id, page_size: 1 };
  const { data } = useQuery({
    queryKey: ['webhooks', 'first', bot.id],
    queryFn: ({ signal }) =>
      body<Schemas['Listing_EventView']>(api.GET('/telegram/v1/webhook-events/', { params: { query }, signal })),
    refetchInterval: ({ state }) => (state.data?.results.length ? false : 1_500),
  });
  const arrived = !!data?.results.length;
  const link = `https://t.me/${bot.bot_username}?start=hello`;
  return (
    <Panel title={t('sayHello')} about={t('sayHelloAbout')}>
      <div className="flex flex-wrap items-center gap-6">
        <Suspense fallback={<span className="size-40 rounded-lg bg-sunken" />}>
          <Qr value={link} label={t('qr')} />
        </Suspense>
        <div className="min-w-48 flex-1 space-y-4">
          <p className="font-medium">
            <bdi dir="ltr">@{bot.bot_username}</bdi>
          </p>
          <a
            href={link}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1.5 text-sm font-medium text-accent-text underline"
          >
            {t('openTelegram')} <ExternalLink size={14} aria-hidden="true" />
          </a>
          <p role="status" className={`flex items-center gap-2 text-sm ${arrived ? 'text-ok' : 'text-fg-3'}`}>
            {arrived ? (
              <Check size={16} aria-hidden="true" />
            ) : (
              <LoaderCircle size={16} aria-hidden="true" className="animate-spin" />
            )}
            {arrived ? t('arrived') : t('waiting')}
          </p>
        </div>
      </div>
      <div className="mt-6 flex flex-wrap gap-4 border-t border-line pt-4 text-sm font-medium text-accent-text">
        <Link to="/inbox" className="underline">
          {t('toInbox')}
        </Link>
        <Link to={`/bots/${bot.id}`} className="underline">
          {t('toBot')}
        </Link>
      </div>
    </Panel>
  );
}
