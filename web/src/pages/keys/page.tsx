import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient, type Schemas } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useListing } from '../../lib/listing';
import { useIsAtLeast } from '../../lib/session';
import { exact, lasting, ms, relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { Page } from '../../ui/page';
import { RoleChip } from '../../ui/role-chip';
import { Empty, Failed, NoPermission, Skeleton } from '../../ui/states';
import { type Column, Table } from '../../ui/table';
import { NewKey } from './new-key';
import { t } from './t';

export type Key = Schemas['KeyView'];
const SOON_MS = 14 * 86_400_000;

export default function KeysPage() {
  const allowed = useIsAtLeast('ADMIN');
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Key>();
  const { rows, more, query } = useListing<Key>(
    ['keys'],
    ({ cursor, signal }) => api.GET('/tenants/tenant-access-keys/', { params: { query: { cursor } }, signal }),
    { enabled: allowed },
  );
  const make = () => setMaking(true);
  useHotkeys({ n: make }, allowed);
  useOffer('keys', {
    commands: allowed
      ? [{ id: 'new-key', group: t('title'), label: t('newKey'), keys: 'N', icon: Plus, run: make }]
      : [],
    shortcuts: [{ group: t('title'), rows: [['N', t('newKey')]] }],
  });
  const revoke = async (key: Key) => {
    await api.DELETE('/tenants/tenant-access-keys/{id}/', { params: { path: { id: key.id } } });
    toast(t('revoked', { name: key.name }));
    void queryClient.invalidateQueries({ queryKey: ['keys'] });
  };
  const columns: Column<Key>[] = [
    {
      key: 'name',
      title: t('name'),
      width: 'minmax(150px, 2fr)',
      cell: (key) => (
        <span className="font-medium" dir="auto">
          {key.name}
        </span>
      ),
    },
    {
      key: 'prefix',
      title: t('key'),
      width: '130px',
      wide: true,
      cell: (key) => <code className="font-mono text-xs text-fg-2">{key.prefix}…</code>,
    },
    {
      key: 'role',
      title: t('role'),
      width: '100px',
      wide: true,
      cell: (key) => (key.limits ? <Chip tone="accent">{t('agentKey')}</Chip> : <RoleChip role={key.role} />),
    },
    { key: 'created_at', title: t('created'), width: '120px', wide: true, cell: (key) => <Ago at={key.created_at} /> },
    {
      key: 'last_used_at',
      title: t('lastUsed'),
      width: '120px',
      wide: true,
      cell: (key) =>
        key.last_used_at ? <Ago at={key.last_used_at} /> : <span className="text-fg-3">{t('never')}</span>,
    },
    { key: 'expires_at', title: t('expires'), width: '110px', wide: true, cell: (key) => <End at={key.expires_at} /> },
    {
      key: 'revoke',
      title: t('revoke'),
      quiet: true,
      width: '84px',
      end: true,
      cell: (key) => (
        <Button variant="outline" size="sm" onClick={() => setLeaving(key)}>
          {t('revoke')}
        </Button>
      ),
    },
  ];
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        allowed && (
          <Button variant="primary" onClick={make}>
            <Plus size={15} aria-hidden="true" /> {t('create')}
          </Button>
        )
      }
    >
      {!allowed ? (
        <NoPermission who="Admin" />
      ) : query.isPending ? (
        <Skeleton />
      ) : query.isError && !rows.length ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Table
          label={t('list')}
          columns={columns}
          rows={rows}
          id={(key) => key.id}
          onEnd={more}
          empty={
            <Empty
              icon={<KeyRound size={34} strokeWidth={1.4} />}
              title={t('empty')}
              about={t('emptyAbout')}
              action={
                <a href="/docs/" className="text-sm font-medium text-accent-text underline">
                  {t('docs')}
                </a>
              }
            />
          }
        />
      )}
      {making && <NewKey onClose={() => setMaking(false)} />}
      {leaving && (
        <Confirm
          open
          danger
          title={t('revokeTitle', { name: leaving.name })}
          about={t('revokeAbout')}
          action={t('revoke')}
          onClose={() => setLeaving(undefined)}
          onConfirm={() => revoke(leaving)}
        />
      )}
    </Page>
  );
}

const Ago = ({ at }: { at: string }) => (
  <time dateTime={at} title={exact(at)} className="text-fg-2">
    {relative(at)}
  </time>
);

function End({ at }: { at: string | null | undefined }) {
  if (!at) return <span className="text-fg-3">{t('noEnd')}</span>;
  const left = ms(at) - Date.now();
  if (left <= 0) return <Chip tone="bad">{t('expired')}</Chip>;
  const words = t('soon', { time: lasting(left) });
  return left < SOON_MS ? (
    <Chip tone="warn">{words}</Chip>
  ) : (
    <time dateTime={at} title={exact(at)} className="text-fg-2">
      {words}
    </time>
  );
}
