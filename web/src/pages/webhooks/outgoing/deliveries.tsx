import { api, type Schemas } from '../../../lib/api';
import { useHotkeys } from '../../../lib/hotkeys';
import { strip, useListing } from '../../../lib/listing';
import { useFilters } from '../../../lib/search';
import { stepped } from '../../../lib/steps';
import { relative } from '../../../lib/time';
import { Button } from '../../../ui/button';
import { Chip, type Tone } from '../../../ui/chip';
import { Loaded } from '../../../ui/loaded';
import { Moment } from '../../../ui/moment';
import { Select } from '../../../ui/select';
import { Empty } from '../../../ui/states';
import { type Column, Table } from '../../../ui/table';
import { t } from '../t';
import { DELIVERIES, type EndpointView, EVENT_TYPES, words } from './endpoints';

type DeliveryView = Schemas['DeliveryView'];
export const RESULTS: Record<DeliveryView['status'], Tone> = { PENDING: 'accent', DELIVERED: 'ok', FAILED: 'bad' };
const LOOK_MS = 3_000;
/** More rows than that are no list to look at, and cost memory. */
const ROWS_MAX = 5_000;

/** The log of deliveries, newest first. */
export function Deliveries({ endpoints }: { endpoints: EndpointView[] }) {
  const [{ endpoint = '', kind = '', result = '', delivery = '' }, setFilter] = useFilters();
  const { rows, query, more } = useListing<DeliveryView>(
    [...DELIVERIES, endpoint, kind, result],
    ({ cursor, signal }) =>
      api.GET('/webhooks/deliveries/', {
        params: {
          query: strip({
            cursor,
            page_size: 100,
            endpoint_id: endpoint || undefined,
            event_type: kind || undefined,
            status: (result || undefined) as DeliveryView['status'] | undefined,
          }),
        },
        signal,
      }),
    // Reading further down is no time for the list to move.
    { refetchInterval: (seen) => (seen.length <= 100 ? LOOK_MS : false) },
  );
  const pick = (id: string) => setFilter({ delivery: id });
  const step = (by: number) => {
    const next = stepped(rows, delivery, by);
    if (next) pick(next.id);
  };
  useHotkeys({ j: () => step(1), k: () => step(-1) });
  const nameOf = (id: string) => {
    const found = endpoints.find((one) => one.id === id);
    return found ? found.description || new URL(found.url).host : '…';
  };
  const isFiltered = !!endpoint || !!kind || !!result;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2 md:px-6">
        <h2 className="me-auto text-sm font-semibold">{t('deliveries')}</h2>
        <Select
          label={t('endpoint')}
          value={endpoint}
          onChange={(next) => setFilter({ endpoint: next })}
          options={[
            { value: '', label: t('anyEndpoint') },
            ...endpoints.map(({ id }) => ({ value: id, label: nameOf(id) })),
          ]}
          className="h-8 max-w-40 max-md:h-10"
        />
        <Select
          label={t('type')}
          value={kind}
          onChange={(next) => setFilter({ kind: next })}
          options={[
            { value: '', label: t('anyType') },
            ...[...EVENT_TYPES, 'test'].map((value) => ({ value, label: words(value) })),
          ]}
          className="h-8 max-md:h-10"
        />
        <Select
          label={t('status')}
          value={result}
          onChange={(next) => setFilter({ result: next })}
          options={[
            { value: '', label: t('anyStatus') },
            ...(Object.keys(RESULTS) as DeliveryView['status'][]).map((value) => ({ value, label: t(value) })),
          ]}
          className="h-8 max-md:h-10"
        />
      </div>
      <div className="min-h-0 flex-1">
        <Loaded query={query} rows={rows}>
          <Table
            label={t('deliveries')}
            columns={columns(nameOf)}
            rows={rows}
            id={(row) => row.id}
            current={delivery}
            onOpen={(row) => pick(row.id)}
            {...(rows.length < ROWS_MAX && { onEnd: more })}
            empty={
              <Empty
                title={isFiltered ? t('noDeliveryHit') : t('noDelivery')}
                action={
                  isFiltered && (
                    <Button variant="outline" onClick={() => setFilter({ endpoint: '', kind: '', result: '' })}>
                      {t('clear')}
                    </Button>
                  )
                }
              />
            }
          />
        </Loaded>
      </div>
    </div>
  );
}

const columns = (nameOf: (id: string) => string): Column<DeliveryView>[] => [
  {
    key: 'created_at',
    title: t('made'),
    width: '84px',
    cell: (row) => <Moment at={row.created_at} />,
  },
  {
    key: 'event_type',
    title: t('type'),
    width: 'minmax(120px, 1.2fr)',
    cell: (row) => <span className="font-medium">{words(row.event_type)}</span>,
  },
  {
    key: 'endpoint',
    title: t('endpoint'),
    width: 'minmax(100px, 1fr)',
    wide: true,
    cell: (row) => (
      <span className="text-fg-2" dir="auto">
        {nameOf(row.endpoint_id)}
      </span>
    ),
  },
  {
    key: 'status',
    title: t('status'),
    width: 'minmax(150px, 1fr)',
    cell: (row) => (
      <span className="flex items-center gap-1.5">
        <Chip tone={RESULTS[row.status]}>{t(row.status)}</Chip>
        {row.attempts > 0 && row.status !== 'DELIVERED' && (
          <span className="truncate text-2xs text-fg-3">
            {t('tries', { n: row.attempts })}
            {row.status === 'PENDING' && row.next_attempt_at && ` · ${relative(row.next_attempt_at)}`}
          </span>
        )}
      </span>
    ),
  },
];
