import { Link, useNavigate } from '@tanstack/react-router';
import { Plus, Smartphone } from 'lucide-react';
import { request } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useListing } from '../../lib/listing';
import { useIsAtLeast } from '../../lib/session';
import { count } from '../../lib/time';
import type { WhatsappNumber } from '../../lib/whatsapp';
import { useOffer } from '../../shell/commands';
import { Avatar } from '../../ui/avatar';
import { Chip } from '../../ui/chip';
import { Page } from '../../ui/page';
import { Gauge } from '../../ui/progress';
import { Failed, Skeleton } from '../../ui/states';
import { WhatsappMark } from '../../ui/whatsapp-mark';
import { healthOf, QUALITY } from './health';
import { t } from './t';

export default function NumbersPage() {
  const navigate = useNavigate();
  const manages = useIsAtLeast('MANAGER');
  const { rows, query, more } = useListing<WhatsappNumber>(
    ['numbers', 'list'],
    async ({ cursor, signal }) => {
      const asked = new URLSearchParams({ page_size: '100', ...(cursor && { cursor }) });
      return { data: await request(`/whatsapp/v1/numbers/?${asked}`, { signal }) };
    },
    { refetchInterval: () => 15_000 },
  );
  const add = () => void navigate({ to: '/numbers/new' });
  useHotkeys({ n: add }, manages);
  useOffer('numbers', {
    commands: manages
      ? [{ id: 'add-number', group: t('title'), label: t('add'), keys: 'N', icon: Plus, run: add }]
      : [],
    shortcuts: [{ group: t('title'), rows: [['N', t('add')]] }],
  });
  const sorted = [...rows].sort((a, b) => healthOf(a).rank - healthOf(b).rank);
  const isEmpty = !query.isPending && !query.isError && !rows.length;
  return (
    <Page title={t('title')} about={t('about')} actions={manages && !isEmpty && <AddLink />}>
      {query.isPending ? (
        <Skeleton rows={4} height={88} />
      ) : query.isError && !rows.length ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : isEmpty ? (
        <First manages={manages} />
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(300px,100%),1fr))] gap-4 p-4 md:p-6">
          {sorted.map((number) => (
            <li key={number.id} className="grid grid-cols-1">
              <Card number={number} />
            </li>
          ))}
          {query.hasNextPage && (
            <li>
              <button type="button" onClick={more} className="text-sm font-medium text-accent-text">
                {t('showMore')}
              </button>
            </li>
          )}
        </ul>
      )}
    </Page>
  );
}

const AddLink = () => (
  <Link
    to="/numbers/new"
    className="inline-flex h-8 items-center gap-2 rounded-lg bg-accent px-3 text-sm font-medium text-on-accent hover:bg-accent-hover max-md:h-10"
  >
    <Plus size={15} aria-hidden="true" />
    {t('add')}
  </Link>
);

/** A number at a glance: whether it is well, what Meta thinks of it, how much of its day is used. */
function Card({ number }: { number: WhatsappNumber }) {
  const health = healthOf(number);
  return (
    <Link
      to={`/numbers/${number.id}`}
      className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4 transition-colors hover:border-line-2 hover:bg-sunken/50"
    >
      <span className="flex items-start gap-3">
        <Avatar name={number.name} id={number.id} size={40}>
          <WhatsappMark className="absolute -end-0.5 -bottom-0.5 size-4 rounded-full ring-2 ring-surface" />
        </Avatar>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium" dir="auto">
            {number.name}
          </span>
          <span className="block truncate text-sm text-fg-3 tabular-nums">{number.display_phone_number}</span>
        </span>
        <Chip tone={health.tone}>{t(health.key)}</Chip>
      </span>
      {number.webhook_error && <span className="line-clamp-2 text-xs text-bad">{number.webhook_error}</span>}
      <span className="mt-auto block space-y-1.5">
        <span className="block text-xs text-fg-2 tabular-nums">
          {t('today', { sent: count(number.messages_sent_today), limit: count(number.daily_limit) })}
        </span>
        <Gauge label={t('gauge')} value={number.messages_sent_today} max={number.daily_limit} />
      </span>
      <span className="flex flex-wrap gap-1.5">
        {number.quality_rating && (
          <Chip tone={QUALITY[number.quality_rating] ?? 'plain'}>
            {t('quality')}: {number.quality_rating.toLowerCase()}
          </Chip>
        )}
        <Chip>{t('rate', { rate: number.effective_rate_limit })}</Chip>
      </span>
    </Link>
  );
}

/** No number yet: what to fetch at Meta, step by step. */
function First({ manages }: { manages: boolean }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-[8vh] text-center">
      <span className="flex size-16 items-center justify-center rounded-2xl bg-accent-soft text-accent-text">
        <Smartphone size={32} strokeWidth={1.5} aria-hidden="true" />
      </span>
      <h2 className="mt-5 text-lg font-semibold">{t('noneTitle')}</h2>
      <Steps steps={[t('none1'), t('none2'), t('none3')]} />
      <div className="mt-6">{manages ? <AddLink /> : <p className="text-sm text-fg-3">{t('ownerOnly')}</p>}</div>
    </div>
  );
}

export const Steps = ({ steps }: { steps: string[] }) => (
  <ol className="mt-4 w-full space-y-3 text-start">
    {steps.map((step, at) => (
      <li key={step} className="flex items-start gap-3 text-sm text-fg-2">
        <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-fg">
          {at + 1}
        </span>
        <span className="min-w-0 pt-0.5 break-words">{step}</span>
      </li>
    ))}
  </ol>
);
