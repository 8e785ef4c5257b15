import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ArrowUp, Download } from 'lucide-react';
import { request } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useListing } from '../../lib/listing';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { stepped } from '../../lib/steps';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Loaded } from '../../ui/loaded';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Select } from '../../ui/select';
import { Side } from '../../ui/side';
import { Empty } from '../../ui/states';
import { type Column, Table } from '../../ui/table';
import { type Activity, actorOf, linkOf, said, TYPES, typeName } from './activity';
import { Detail } from './detail';
import { t } from './t';

const DAY_MS = 86_400_000;
const LOOK_MS = 15_000;
const TIMES = { today: 1, week: 7, month: 30 } as const;
type Time = keyof typeof TIMES;

export default function ActivityPage() {
  const [{ who = '', what = '', time = '', entry = '' }, setFilter] = useFilters();
  const seesAll = useIsAtLeast('ADMIN');
  const navigate = useNavigate();
  const wanted = new URLSearchParams({
    ...(who && { actor_type: who }),
    ...(what && { object_type: what }),
    ...(time in TIMES && { created_after: since(time as Time) }),
  }).toString();
  const { rows, query, more } = useListing<Activity>(['activity', wanted], async ({ cursor, signal }) => ({
    data: await request(`/activity/?${asked(wanted, { page_size: '100', ...(cursor && { cursor }) })}`, { signal }),
  }));
  const hasNew = useHasNew(wanted, rows[0]?.id);
  const pick = (id: string) => setFilter({ entry: id });
  const current = rows.find((row) => row.id === entry);
  const step = (by: number) => {
    const next = stepped(rows, entry, by);
    if (next) pick(next.id);
  };
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: () => {
      const to = current && linkOf(current);
      if (to) void navigate({ to });
    },
  });
  useOffer('activity', {
    shortcuts: [
      {
        group: t('title'),
        rows: [
          ['J K', t('keysMove')],
          ['Enter', t('keysOpen')],
        ],
      },
    ],
  });
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1">
        <Page
          title={t('title')}
          about={seesAll ? t('about') : t('ownOnly')}
          actions={
            <>
              {seesAll && (
                <Select
                  label={t('who')}
                  value={who}
                  onChange={(next) => setFilter({ who: next })}
                  options={[
                    { value: '', label: t('anybody') },
                    ...(['USER', 'API', 'SYSTEM'] as const).map((value) => ({ value, label: t(value) })),
                  ]}
                  className="h-8 max-md:h-10"
                />
              )}
              <Select
                label={t('object')}
                value={what}
                onChange={(next) => setFilter({ what: next })}
                options={[{ value: '', label: t('anyType') }, ...TYPES.map((value) => ({ value, label: t(value) }))]}
                className="h-8 max-md:h-10"
              />
              <Select
                label={t('when')}
                value={time}
                onChange={(next) => setFilter({ time: next })}
                options={[
                  { value: '', label: t('anyTime') },
                  ...(Object.keys(TIMES) as Time[]).map((value) => ({ value, label: t(value) })),
                ]}
                className="h-8 max-md:h-10"
              />
              <a
                href={`/activity/export/?${wanted}`}
                download
                className="inline-flex h-8 items-center gap-2 rounded-lg border border-line-2 px-3 text-sm font-medium hover:bg-sunken"
              >
                <Download size={14} aria-hidden="true" />
                {t('export')}
              </a>
            </>
          }
        >
          <div className="relative h-full">
            {hasNew && (
              <button
                type="button"
                onClick={() => void query.refetch()}
                className="absolute top-12 left-1/2 z-20 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent px-3.5 text-sm font-medium text-on-accent shadow-pop"
              >
                <ArrowUp size={14} aria-hidden="true" />
                {t('fresh')}
              </button>
            )}
            <Loaded query={query} rows={rows}>
              <Table
                label={t('list')}
                columns={COLUMNS}
                rows={rows}
                id={(row) => row.id}
                current={entry}
                onOpen={(row) => pick(row.id)}
                onEnd={more}
                empty={
                  wanted ? (
                    <Empty
                      title={t('noHit')}
                      action={
                        <Button variant="outline" onClick={() => setFilter({ who: '', what: '', time: '' })}>
                          {t('clear')}
                        </Button>
                      }
                    />
                  ) : (
                    <Empty title={t('empty')} />
                  )
                }
              />
            </Loaded>
          </div>
        </Page>
      </div>
      {current && (
        <Side key={current.id} title={t('details')} onClose={() => pick('')}>
          <Detail one={current} />
        </Side>
      )}
    </div>
  );
}

const asked = (wanted: string, also: Record<string, string>) =>
  new URLSearchParams([...new URLSearchParams(wanted), ...Object.entries(also)]).toString();

/** The start of a day, so that the address of the list stays the same through it. */
const since = (time: Time) => new Date(new Date().setHours(0, 0, 0, 0) - (TIMES[time] - 1) * DAY_MS).toISOString();

/** Whether there is something newer than what is shown; the list itself never moves under a reader. */
function useHasNew(wanted: string, first: string | undefined): boolean {
  const { data } = useQuery({
    queryKey: ['activity-newest', wanted],
    queryFn: ({ signal }) =>
      request<{ results: Activity[] }>(`/activity/?${asked(wanted, { page_size: '1' })}`, { signal }),
    refetchInterval: LOOK_MS,
    enabled: !!first,
    retry: false,
  });
  const newest = data?.results[0]?.id;
  // Ids are made in order of time.
  return !!first && !!newest && newest > first;
}

const COLUMNS: Column<Activity>[] = [
  {
    key: 'created_at',
    title: t('when'),
    width: '72px',
    cell: (row) => <Moment at={row.created_at} />,
  },
  {
    key: 'actor',
    title: t('who'),
    width: 'minmax(100px, 1fr)',
    cell: (row) => (
      <span className="font-medium" dir="auto">
        {actorOf(row)}
      </span>
    ),
  },
  { key: 'action', title: t('what'), width: 'minmax(120px, 1.2fr)', cell: (row) => said(row) },
  {
    key: 'object',
    title: t('object'),
    width: 'minmax(120px, 1.6fr)',
    wide: true,
    cell: (row) => (
      <span className="text-fg-2" dir="auto">
        {row.object_name ?? typeName(row.object_type)}
      </span>
    ),
  },
  {
    key: 'origin',
    title: t('door'),
    width: '150px',
    wide: true,
    cell: (row) => <span className="text-fg-3">{row.ip ?? doorOf(row.origin)}</span>,
  },
];

function doorOf(origin: string) {
  return origin === 'http' || origin === 'mcp' || origin === 'internal' ? t(origin) : origin;
}
