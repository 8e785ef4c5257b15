import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { LayoutTemplate, Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useListing } from '../../lib/listing';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { exact, relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { numbersQuery, type Template } from '../../lib/whatsapp';
import { useOffer } from '../../shell/commands';
import { AddLink } from '../../ui/add-link';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Loaded } from '../../ui/loaded';
import { Page } from '../../ui/page';
import { Select } from '../../ui/select';
import { Empty } from '../../ui/states';
import { type Column, Table } from '../../ui/table';
import { Detail } from './detail';
import { t } from './t';
import { QUALITY, statusOf, toneOf } from './templates';

export default function TemplatesPage() {
  const navigate = useNavigate();
  const manages = useIsAtLeast('MANAGER');
  const [{ status = '' }, setFilter] = useFilters();
  const [open, setOpen] = useState<Template>();
  const numbers = useQuery(numbersQuery).data ?? [];
  const { rows, query, more } = useListing<Template>(
    ['templates', 'list', status],
    async ({ cursor, signal }) => {
      const asked = new URLSearchParams({ page_size: '100', ...(cursor && { cursor }), ...(status && { status }) });
      return { data: await request(`/whatsapp/v1/templates/?${asked}`, { signal }) };
    },
    // A review takes minutes; the list notices.
    { refetchInterval: (rows) => (rows.some((one) => one.status === 'PENDING') ? 5_000 : 60_000) },
  );
  const add = () => void navigate({ to: '/templates/new' });
  const makes = manages && numbers.length > 0;
  useHotkeys({ n: add }, makes);
  useOffer('templates', {
    commands: makes
      ? [{ id: 'new-template', group: t('title'), label: t('add'), keys: 'N', icon: Plus, run: add }]
      : [],
    shortcuts: [{ group: t('title'), rows: [['N', t('add')]] }],
  });
  const statuses = [
    { value: '', label: t('anyStatus') },
    ...(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED'] as const).map((value) => ({
      value: value as string,
      label: t(({ APPROVED: 'approved', PENDING: 'pending', REJECTED: 'rejected', PAUSED: 'paused' } as const)[value]),
    })),
  ];
  const none = numbers.length ? (
    <Empty
      icon={<LayoutTemplate size={36} strokeWidth={1.4} />}
      title={status ? t('noneSuch') : t('none')}
      about={status ? undefined : t('noneAbout')}
      action={!status && makes && <AddLink to="/templates/new" label={t('add')} />}
    />
  ) : (
    <Empty
      icon={<LayoutTemplate size={36} strokeWidth={1.4} />}
      title={t('noNumber')}
      about={t('noNumberAbout')}
      action={
        <Link to="/numbers/new" className="font-medium text-accent-text underline">
          {t('addNumber')}
        </Link>
      }
    />
  );
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Select
            label={t('status')}
            value={status}
            options={statuses}
            onChange={(next) => setFilter({ status: next })}
            className="h-8 w-44"
          />
          {makes && <Sync ids={accountsOf(numbers)} />}
          {makes && <AddLink to="/templates/new" label={t('add')} />}
        </>
      }
    >
      <Loaded query={query} rows={rows}>
        {rows.length ? (
          <Table
            label={t('title')}
            columns={COLUMNS()}
            rows={rows}
            id={(one) => one.id}
            onOpen={setOpen}
            onEnd={more}
            current={open?.id}
          />
        ) : (
          none
        )}
      </Loaded>
      {open && <Detail template={rows.find((one) => one.id === open.id) ?? open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

/** One number of each account stands for it. */
const accountsOf = (numbers: { id: string; waba_id: string }[]) => [
  ...new Map(numbers.map((number) => [number.waba_id, number.id])).values(),
];

/** Fetches what Meta has, account by account. */
function Sync({ ids }: { ids: string[] }) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      let n = 0;
      for (const number_id of ids) {
        const body = JSON.stringify({ number_id });
        n += (await request<{ count: number }>('/whatsapp/v1/templates/sync/', { method: 'POST', body })).count;
      }
      toast(t('synced', { n }));
    } catch (error) {
      toast(Problem.of(error).message, { kind: 'failed' });
    }
    void queryClient.invalidateQueries({ queryKey: ['templates'] });
    setBusy(false);
  };
  return (
    <Button variant="outline" busy={busy} onClick={run}>
      <RefreshCw size={14} aria-hidden="true" />
      {t('sync')}
    </Button>
  );
}

const COLUMNS = (): Column<Template>[] => [
  {
    key: 'name',
    title: t('name'),
    width: 'minmax(180px, 2fr)',
    cell: (one) => <code className="truncate font-mono text-xs font-medium">{one.name}</code>,
  },
  { key: 'language', title: t('language'), width: '100px', wide: true, cell: (one) => one.language },
  {
    key: 'category',
    title: t('category'),
    width: '140px',
    wide: true,
    cell: (one) => t(one.category),
  },
  {
    key: 'status',
    title: t('status'),
    width: '150px',
    cell: (one) => <Chip tone={toneOf(one)}>{statusOf(one)}</Chip>,
  },
  {
    key: 'quality',
    title: t('quality'),
    width: '110px',
    wide: true,
    cell: (one) =>
      one.quality && one.quality !== 'UNKNOWN' ? (
        <Chip tone={QUALITY[one.quality] ?? 'plain'}>{one.quality.toLowerCase()}</Chip>
      ) : (
        <span className="text-fg-3">—</span>
      ),
  },
  {
    key: 'updated_at',
    title: t('changed'),
    width: '130px',
    wide: true,
    cell: (one) => (
      <time dateTime={one.updated_at} title={exact(one.updated_at)} className="text-fg-3">
        {relative(one.updated_at)}
      </time>
    ),
  },
];
