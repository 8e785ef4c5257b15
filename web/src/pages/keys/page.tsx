import { Ellipsis, KeyRound, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useListing } from '../../lib/listing';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { exact, lasting, ms, relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Menu, MenuItem } from '../../ui/menu';
import { Page } from '../../ui/page';
import { RoleChip } from '../../ui/role-chip';
import { Empty, Failed, NoPermission, Skeleton } from '../../ui/states';
import { type Column, Table } from '../../ui/table';
import { type Made, NewKey, Shown } from './new-key';
import { t } from './t';

export type Key = Schemas['KeyView'];
const SOON_MS = 14 * 86_400_000;
/** How long a revocation can be taken back here; the server gives somewhat longer. */
const REGRET_MS = 10_000;

export default function KeysPage() {
  const allowed = useIsAtLeast('ADMIN');
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Made>();
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
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      toast(Problem.of(error).message, { kind: 'failed' });
    }
    void queryClient.invalidateQueries({ queryKey: ['keys'] });
  };
  const at = (key: Key) => ({ params: { path: { id: key.id } } });
  const revoke = (key: Key) =>
    attempt(async () => {
      await api.DELETE('/tenants/tenant-access-keys/{id}/', at(key));
      const undo = () => void attempt(() => api.POST('/tenants/tenant-access-keys/{id}/restore/', at(key)));
      toast(t('revoked', { name: key.name }), { undo, shownMs: REGRET_MS });
    });
  const rotate = (key: Key) =>
    attempt(async () => setMade(await body(api.POST('/tenants/tenant-access-keys/{id}/rotate/', at(key)))));
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
      key: 'actions',
      title: t('actionsTitle'),
      quiet: true,
      width: '40px',
      end: true,
      cell: (key) => (
        <Menu
          trigger={
            <Button variant="ghost" size="icon" aria-label={t('actions', { name: key.name })}>
              <Ellipsis size={17} aria-hidden="true" />
            </Button>
          }
        >
          <MenuItem icon={<RefreshCw size={15} />} onSelect={() => void rotate(key)}>
            {t('rotate')}
          </MenuItem>
          <MenuItem icon={<Trash2 size={15} />} onSelect={() => void revoke(key)}>
            {t('revoke')}
          </MenuItem>
        </Menu>
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
      {made && <Shown made={made} about={t('rotated')} onClose={() => setMade(undefined)} />}
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
