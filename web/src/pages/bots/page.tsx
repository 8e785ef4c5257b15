import { Link, useNavigate } from '@tanstack/react-router';
import { Bot as BotIcon, Plus } from 'lucide-react';
import { api } from '../../lib/api';
import { useFresh } from '../../lib/fresh';
import { useHotkeys } from '../../lib/hotkeys';
import { strip, useListing } from '../../lib/listing';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { useOffer } from '../../shell/commands';
import { AddLink } from '../../ui/add-link';
import { Cards } from '../../ui/cards';
import { FirstSteps } from '../../ui/first-steps';
import { Loaded } from '../../ui/loaded';
import { Page } from '../../ui/page';
import { SearchField } from '../../ui/search-field';
import { Empty, Skeleton } from '../../ui/states';
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
          {manages && !(isEmpty && !q) && <AddLink to="/bots/new" label={t('add')} />}
        </>
      }
    >
      <Loaded query={query} rows={rows} skeleton={<Skeleton rows={4} height={88} />}>
        {isEmpty && q ? (
          <Empty title={t('noHit', { q })} />
        ) : isEmpty ? (
          <First manages={manages} />
        ) : (
          <Cards
            rows={sorted}
            id={(bot) => bot.id}
            card={(bot) => <Card bot={bot} />}
            more={query.hasNextPage ? { label: t('showMore'), run: more } : undefined}
          />
        )}
      </Loaded>
    </Page>
  );
}

/** No bot yet: the three steps, and the way without Telegram. */
const First = ({ manages }: { manages: boolean }) => (
  <FirstSteps icon={BotIcon} title={t('noneTitle')} steps={[t('none1'), t('none2'), t('none3')]}>
    {manages ? <AddLink to="/bots/new" label={t('add')} /> : <p className="text-sm text-fg-3">{t('ownerOnly')}</p>}
    <Link to="/sandbox" className="text-sm font-medium text-accent-text underline">
      {t('sandbox')}
    </Link>
  </FirstSteps>
);
