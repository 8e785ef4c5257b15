import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { api } from '../../lib/api';
import { cx } from '../../lib/cx';
import { strip, useListing } from '../../lib/listing';
import { useFilters } from '../../lib/search';
import { exact, listTime } from '../../lib/time';
import { Chip, type Tone } from '../../ui/chip';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Empty } from '../../ui/states';
import { type Column, Table } from '../../ui/table';
import { Tabs } from '../../ui/tabs';
import { type Broadcast, isRunning, type Recipient, reasonWords } from './broadcasts';
import { t } from './t';

type State = Recipient['status'];
const TONES: Record<State, Tone> = {
  PENDING: 'plain',
  QUEUED: 'plain',
  SENT: 'ok',
  FAILED: 'bad',
  BLOCKED: 'warn',
  SKIPPED: 'plain',
  UNKNOWN: 'warn',
  CANCELLED: 'plain',
};
/** So many fit into a small pane. */
const FEW = 4;
const SHOWN = ['', 'SENT', 'FAILED', 'BLOCKED', 'SKIPPED', 'UNKNOWN', 'PENDING'] as const;

/** Each person with what became of it, and why. */
export function Recipients({ one }: { one: Broadcast }) {
  const [{ status = '' }, setFilter] = useFilters();
  const { rows, query, more } = useListing<Recipient>(
    ['broadcasts', 'recipients', one.id, status],
    ({ cursor, signal }) =>
      api.GET('/broadcast/{id}/messages/', {
        params: {
          path: { id: one.id },
          query: strip({ cursor, status: (status || undefined) as State | undefined, page_size: 100 }),
        },
        signal,
      }),
    { refetchInterval: () => (isRunning(one) ? 5_000 : false) },
  );
  const counts: Partial<Record<string, number>> = {
    SENT: one.sent,
    FAILED: one.failed,
    BLOCKED: one.blocked,
    SKIPPED: one.skipped,
    UNKNOWN: one.unknown,
  };
  const tabs = SHOWN.filter((key) => !key || key === 'PENDING' || counts[key] || key === status).map((key) => ({
    key,
    label: key ? t(`${key}_`) : t('allStates'),
    count: key ? counts[key] : (one.total ?? undefined),
  }));
  return (
    <Panel
      title={t('recipientsTitle')}
      actions={
        <a
          href={`/broadcast/${one.id}/messages/?format=csv${status && `&status=${status}`}`}
          download
          className="inline-flex h-7 items-center gap-1.5 rounded-lg border border-line-2 px-2.5 text-xs font-medium hover:bg-sunken"
        >
          <Download size={13} aria-hidden="true" />
          {t('export')}
        </a>
      }
    >
      <Tabs
        label={t('status')}
        value={status as (typeof SHOWN)[number]}
        onChange={(next) => setFilter({ status: next })}
        tabs={tabs}
      />
      <div className={cx('mt-3 -mx-5 border-t border-line', rows.length > FEW ? 'h-[420px]' : 'h-[220px]')}>
        <Loaded query={query} rows={rows}>
          <Table
            label={t('people', { n: one.total ?? 0 })}
            columns={COLUMNS}
            rows={rows}
            id={(row) => row.contact_id}
            onEnd={more}
            empty={<Empty title={t('noRecipients')} />}
          />
        </Loaded>
      </div>
    </Panel>
  );
}

const COLUMNS: Column<Recipient>[] = [
  {
    key: 'contact_name',
    title: t('contact'),
    width: 'minmax(130px, 1.4fr)',
    cell: (row) => (
      <Link to={`/contacts/${row.contact_id}`} className="font-medium hover:underline" dir="auto">
        {row.contact_name || row.chat_id || row.contact_id}
      </Link>
    ),
  },
  {
    key: 'status',
    title: t('status'),
    width: '92px',
    cell: (row) => <Chip tone={TONES[row.status]}>{t(`${row.status}_`)}</Chip>,
  },
  {
    key: 'reason',
    title: t('reason'),
    width: 'minmax(120px, 2fr)',
    wide: true,
    cell: (row) => (
      <span className="text-fg-2" title={row.error_message ?? row.reason ?? ''}>
        {row.error_message ?? (row.reason && reasonWords(row.reason))}
      </span>
    ),
  },
  {
    key: 'sent_at',
    title: t('time'),
    width: '64px',
    end: true,
    cell: (row) => (row.sent_at ? <time title={exact(row.sent_at)}>{listTime(row.sent_at)}</time> : ''),
  },
];
