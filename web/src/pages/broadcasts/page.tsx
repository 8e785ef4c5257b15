import { Link, useNavigate } from '@tanstack/react-router';
import { Megaphone, Plus } from 'lucide-react';
import { api } from '../../lib/api';
import { useFresh } from '../../lib/fresh';
import { useHotkeys } from '../../lib/hotkeys';
import { strip, useListing } from '../../lib/listing';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { count, exact, lasting, listTime } from '../../lib/time';
import { useOffer } from '../../shell/commands';
import { AddLink } from '../../ui/add-link';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Loaded } from '../../ui/loaded';
import { Page } from '../../ui/page';
import { Progress } from '../../ui/progress';
import { SearchField } from '../../ui/search-field';
import { Select } from '../../ui/select';
import { Empty } from '../../ui/states';
import { type Column, Table } from '../../ui/table';
import { type Broadcast, ended, isRunning, length, pace, parts, STATUSES, type Status, TONES } from './broadcasts';
import { t } from './t';

export default function BroadcastsPage() {
  const [{ q = '', status = '' }, setFilter] = useFilters();
  const navigate = useNavigate();
  const manages = useIsAtLeast('MANAGER');
  const { rows, query, more } = useListing<Broadcast>(
    ['broadcasts', 'list', q, status],
    ({ cursor, signal }) =>
      api.GET('/broadcast/', {
        params: {
          query: strip({ cursor, search: q || undefined, status: (status || undefined) as Status | undefined }),
        },
        signal,
      }),
    // While one runs, its numbers move.
    { refetchInterval: (rows) => pace(rows.some(isRunning)) },
  );
  useFresh('broadcast_progress', ['broadcasts', 'list']);
  const create = () => void navigate({ to: '/broadcasts/new' });
  useHotkeys({ n: create }, manages);
  useOffer('broadcasts', {
    commands: manages
      ? [{ id: 'new-broadcast', group: t('title'), label: t('create'), keys: 'N', icon: Plus, run: create }]
      : [],
    shortcuts: [{ group: t('title'), rows: [['N', t('keysNew')]] }],
  });
  const isFiltered = !!q || !!status;
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <SearchField
            value={q}
            onChange={(text) => setFilter({ q: text })}
            label={t('search')}
            className="w-52 max-md:w-full"
          />
          <Select
            label={t('status')}
            value={status}
            onChange={(next) => setFilter({ status: next })}
            options={[{ value: '', label: t('anyStatus') }, ...STATUSES.map((value) => ({ value, label: t(value) }))]}
            className="h-8 max-md:h-10"
          />
          {manages && <AddLink to="/broadcasts/new" label={t('create')} />}
        </>
      }
    >
      <Loaded query={query} rows={rows}>
        <Table
          label={t('list')}
          columns={COLUMNS}
          rows={rows}
          id={(one) => one.id}
          onOpen={(one) => void navigate({ to: placeOf(one) })}
          onEnd={more}
          empty={
            isFiltered ? (
              <Empty
                title={t('noHit')}
                action={
                  <Button variant="outline" onClick={() => setFilter({ q: '', status: '' })}>
                    {t('clearFilter')}
                  </Button>
                }
              />
            ) : (
              <Empty
                icon={<Megaphone size={34} strokeWidth={1.4} />}
                title={t('empty')}
                about={manages ? t('emptyAbout') : t('mayNot')}
                action={manages && <AddLink to="/broadcasts/new" label={t('create')} />}
              />
            )
          }
        />
      </Loaded>
    </Page>
  );
}

const placeOf = (one: Broadcast) => (one.status === 'DRAFT' ? `/broadcasts/${one.id}/edit` : `/broadcasts/${one.id}`);

const COLUMNS: Column<Broadcast>[] = [
  {
    key: 'name',
    title: t('name'),
    width: 'minmax(150px, 2fr)',
    cell: (one) => (
      <Link to={placeOf(one)} className="font-medium" dir="auto">
        {one.name}
      </Link>
    ),
  },
  {
    key: 'status',
    title: t('status'),
    width: '104px',
    cell: (one) => <Chip tone={TONES[one.status]}>{t(one.status)}</Chip>,
  },
  { key: 'progress', title: t('progress'), width: 'minmax(220px, 2fr)', wide: true, cell: (one) => <Bar one={one} /> },
  {
    key: 'total',
    title: t('audience'),
    width: '90px',
    end: true,
    wide: true,
    cell: (one) => (one.total == null ? <span className="text-fg-3">–</span> : count(one.total)),
  },
  {
    key: 'started_at',
    title: t('started'),
    width: '96px',
    end: true,
    wide: true,
    cell: (one) => <When at={one.started_at ?? one.scheduled_time} />,
  },
  {
    key: 'finished_at',
    title: t('ends'),
    width: '96px',
    end: true,
    wide: true,
    cell: (one) => <When at={one.finished_at} />,
  },
];

function Bar({ one }: { one: Broadcast }) {
  if (one.total == null)
    return <span className="text-xs text-fg-3">{isRunning(one) ? t('counting') : t('notYet')}</span>;
  const total = one.total;
  return (
    <span className="flex items-center gap-3">
      <Progress label={t('progress')} max={total} parts={parts(one)} className="max-w-36" />
      <span className="text-xs text-fg-2 tabular-nums">
        {isRunning(one) && one.eta_seconds != null
          ? t('eta', { time: length(one.eta_seconds, lasting) })
          : t('of', { done: ended(one), total })}
      </span>
    </span>
  );
}

const When = ({ at }: { at: string | null | undefined }) =>
  at ? (
    <time dateTime={at} title={exact(at)} className="text-fg-2">
      {listTime(at)}
    </time>
  ) : (
    <span className="text-fg-3">–</span>
  );
