import { Link, useNavigate } from '@tanstack/react-router';
import { Bot as BotIcon, Plus } from 'lucide-react';
import { api } from '../../lib/api';
import { useFresh } from '../../lib/fresh';
import { useHotkeys } from '../../lib/hotkeys';
import { strip, useListing } from '../../lib/listing';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { useOffer } from '../../shell/commands';
import { Page } from '../../ui/page';
import { SearchField } from '../../ui/search-field';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { type Bot, healthOf } from './bots';
import { Card } from './card';
import { t } from './t';

const FEW = 6;

export default function BotsPage() {
  const [{ q = '' }, setFilter] = useFilters();
  const navigate = useNavigate();
  const manages = useIsAtLeast('MANAGER');
  const { rows, query, more } = useListing<Bot>(
    ['bots', 'list', q],
    ({ cursor, signal }) =>
      api.GET('/telegram/v1/bots/', {
        params: { query: strip({ cursor, search: q || undefined, page_size: 100 }) },
        signal,
      }),
    { refetchInterval: () => 15_000 },
  );
  useFresh('bot_health', ['bots']);
  const add = () => void navigate({ to: '/bots/new' });
  useHotkeys({ n: add }, manages);
  useOffer('bots', {
    commands: manages ? [{ id: 'add-bot', group: t('title'), label: t('add'), keys: 'N', icon: Plus, run: add }] : [],
    shortcuts: [{ group: t('title'), rows: [['N', t('add')]] }],
  });
  const sorted = [...rows].sort((a, b) => healthOf(a).rank - healthOf(b).rank);
  const isEmpty = !query.isPending && !query.isError && !rows.length;
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          {(rows.length > FEW || q) && (
            <SearchField
              value={q}
              onChange={(text) => setFilter({ q: text })}
              label={t('search')}
              className="w-56 max-md:w-full"
            />
          )}
          {manages && !(isEmpty && !q) && <AddLink />}
        </>
      }
    >
      {query.isPending ? (
        <Skeleton rows={4} height={88} />
      ) : query.isError && !rows.length ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : isEmpty && q ? (
        <Empty title={t('noHit', { q })} />
      ) : isEmpty ? (
        <First manages={manages} />
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(300px,100%),1fr))] gap-4 p-4 md:p-6">
          {sorted.map((bot) => (
            <li key={bot.id} className="grid grid-cols-1">
              <Card bot={bot} />
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
    to="/bots/new"
    className="inline-flex h-8 items-center gap-2 rounded-lg bg-accent px-3 text-sm font-medium text-on-accent hover:bg-accent-hover max-md:h-10"
  >
    <Plus size={15} aria-hidden="true" />
    {t('add')}
  </Link>
);

/** No bot yet: the three steps, and the way without Telegram. */
function First({ manages }: { manages: boolean }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-[8vh] text-center">
      <span className="flex size-16 items-center justify-center rounded-2xl bg-accent-soft text-accent-text">
        <BotIcon size={32} strokeWidth={1.5} aria-hidden="true" />
      </span>
      <h2 className="mt-5 text-lg font-semibold">{t('noneTitle')}</h2>
      <ol className="mt-4 w-full space-y-3 text-start">
        {[t('none1'), t('none2'), t('none3')].map((step, at) => (
          <li key={step} className="flex items-start gap-3 text-fg-2">
            <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-fg">
              {at + 1}
            </span>
            <span className="pt-0.5">{step}</span>
          </li>
        ))}
      </ol>
      <div className="mt-6 flex flex-col items-center gap-3">
        {manages ? <AddLink /> : <p className="text-sm text-fg-3">{t('ownerOnly')}</p>}
        <Link to="/sandbox" className="text-sm font-medium text-accent-text underline">
          {t('sandbox')}
        </Link>
      </div>
    </div>
  );
}
