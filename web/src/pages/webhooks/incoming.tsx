import { useQuery } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { api, body, type Schemas } from '../../lib/api';
import { cx } from '../../lib/cx';
import { useHotkeys } from '../../lib/hotkeys';
import { strip, useListing } from '../../lib/listing';
import { useFilters } from '../../lib/search';
import { stepped } from '../../lib/steps';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Chip, type Tone } from '../../ui/chip';
import { Loaded } from '../../ui/loaded';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Select } from '../../ui/select';
import { Side } from '../../ui/side';
import { Empty } from '../../ui/states';
import { type Column, Table } from '../../ui/table';
import { Tip } from '../../ui/tip';
import { Detail } from './detail';
import { t } from './t';

export type Event = Schemas['EventView'];
export const TONES: Record<Event['status'], Tone> = {
  RECEIVED: 'accent',
  PROCESSED: 'ok',
  FAILED: 'warn',
  DEAD: 'bad',
  IGNORED: 'plain',
};
const STATUSES = Object.keys(TONES) as Event['status'][];
const TYPES = [
  'MESSAGE',
  'EDITED_MESSAGE',
  'CALLBACK_QUERY',
  'MESSAGE_REACTION',
  'MY_CHAT_MEMBER',
  'CHANNEL_POST',
  'UNKNOWN',
];
const TAIL_MS = 2_000;
/** More rows than that are no list to look at, and cost memory. */
const ROWS_MAX = 5_000;

/** The tab of what Telegram told us. */
export function Incoming({ tabs }: { tabs: ReactNode }) {
  const [{ bot = '', type = '', status = '', event = '' }, setFilter] = useFilters();
  const [live, setLive] = useState(true);
  const { rows, query, more } = useListing<Event>(
    ['webhooks', 'list', bot, type, status],
    ({ cursor, signal }) =>
      api.GET('/telegram/v1/webhook-events/', {
        params: {
          query: strip({
            cursor,
            page_size: 100,
            bot_app_id: bot || undefined,
            event_type: type || undefined,
            status: (status || undefined) as Event['status'] | undefined,
          }),
        },
        signal,
      }),
    // Reading further down is no time for the list to move.
    { refetchInterval: (seen) => (live && seen.length <= 100 ? TAIL_MS : false) },
  );
  const bots = useBots();
  const pick = (id: string) => setFilter({ event: id });
  const step = (by: number) => {
    const next = stepped(rows, event, by);
    if (next) pick(next.id);
  };
  useHotkeys({ j: () => step(1), k: () => step(-1), ' ': () => setLive(!live) });
  useOffer('webhooks', {
    shortcuts: [
      {
        group: t('title'),
        rows: [
          ['J K', t('keysMove')],
          ['R', t('keysReplay')],
          ['C', t('keysCopy')],
          ['Space', t('keysPause')],
        ],
      },
    ],
  });
  const nameOf = (id: string) => bots.find((one) => one.id === id)?.name ?? '…';
  const isFiltered = !!bot || !!type || !!status;
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1">
        <Page
          title={t('title')}
          about={t('about')}
          actions={
            <>
              {tabs}
              <Select
                label={t('bot')}
                value={bot}
                onChange={(next) => setFilter({ bot: next })}
                options={[
                  { value: '', label: t('anyBot') },
                  ...bots.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                className="h-8 max-w-40 max-md:h-10"
              />
              <Select
                label={t('type')}
                value={type}
                onChange={(next) => setFilter({ type: next })}
                options={[
                  { value: '', label: t('anyType') },
                  ...TYPES.map((value) => ({ value, label: words(value) })),
                ]}
                className="h-8 max-md:h-10"
              />
              <Select
                label={t('status')}
                value={status}
                onChange={(next) => setFilter({ status: next })}
                options={[
                  { value: '', label: t('anyStatus') },
                  ...STATUSES.map((value) => ({ value, label: t(value) })),
                ]}
                className="h-8 max-md:h-10"
              />
              <Tip label={t('liveOn')} keys={['Space']}>
                <Button variant="outline" aria-pressed={live} onClick={() => setLive(!live)}>
                  {live ? <Pause size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />}
                  <span className={cx('size-2 rounded-full', live ? 'animate-pulse bg-ok' : 'bg-fg-3')} />
                  {live ? t('live') : t('livePaused')}
                </Button>
              </Tip>
            </>
          }
        >
          <Loaded query={query} rows={rows}>
            <Table
              label={t('list')}
              columns={columns(nameOf)}
              rows={rows}
              id={(row) => row.id}
              current={event}
              onOpen={(row) => pick(row.id)}
              {...(rows.length < ROWS_MAX && { onEnd: more })}
              empty={
                isFiltered ? (
                  <Empty
                    title={t('noHit')}
                    action={
                      <Button variant="outline" onClick={() => setFilter({ bot: '', type: '', status: '' })}>
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
        </Page>
      </div>
      {event && (
        <Side key={event} title={t('payload')} onClose={() => pick('')} width="w-[min(560px,45vw)]">
          <Detail id={event} nameOfBot={nameOf} />
        </Side>
      )}
    </div>
  );
}

const words = (type: string) => type.toLowerCase().replaceAll('_', ' ');

function useBots() {
  const query = { page_size: 200 };
  const { data } = useQuery({
    queryKey: ['bots', 'choice'],
    queryFn: ({ signal }) =>
      body<Schemas['Listing_BotView']>(api.GET('/telegram/v1/bots/', { params: { query }, signal })),
    staleTime: 60_000,
  });
  return data?.results ?? [];
}

const columns = (nameOf: (id: string) => string): Column<Event>[] => [
  {
    key: 'created_at',
    title: t('time'),
    width: '84px',
    cell: (row) => <Moment at={row.created_at} />,
  },
  {
    key: 'event_type',
    title: t('type'),
    width: 'minmax(120px, 1.4fr)',
    cell: (row) => <span className="font-medium capitalize">{words(row.event_type)}</span>,
  },
  {
    key: 'bot',
    title: t('bot'),
    width: 'minmax(100px, 1fr)',
    wide: true,
    cell: (row) => (
      <span className="text-fg-2" dir="auto">
        {nameOf(row.bot_app_id)}
      </span>
    ),
  },
  {
    key: 'update_id',
    title: t('updateId'),
    width: '110px',
    wide: true,
    cell: (row) => <span className="text-fg-3 tabular-nums">{row.update_id}</span>,
  },
  {
    key: 'status',
    title: t('status'),
    width: '132px',
    cell: (row) => (
      <span className="flex items-center gap-1.5">
        <Chip tone={row.status === 'PROCESSED' && row.error_message ? 'warn' : TONES[row.status]}>{t(row.status)}</Chip>
        {row.retry_count > 0 && <span className="text-2xs text-fg-3">{t('tries', { n: row.retry_count })}</span>}
      </span>
    ),
  },
];
