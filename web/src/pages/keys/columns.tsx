import { Ellipsis, RefreshCw, Trash2 } from 'lucide-react';
import type { Schemas } from '../../lib/api';
import { exact, lasting, ms, relative } from '../../lib/time';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Menu, MenuItem } from '../../ui/menu';
import { RoleChip } from '../../ui/role-chip';
import type { Column } from '../../ui/table';
import { t } from './t';

export type Key = Schemas['KeyView'];
/** What can be done with a key. */
export type Acts = {
  rotate: (key: Key) => void;
  revoke: (key: Key) => void;
  isRevoked: (key: Key) => boolean;
  restore: (key: Key) => void;
};
const SOON_MS = 14 * 86_400_000;

export const columns = (acts: Acts): Column<Key>[] => [
  {
    key: 'name',
    title: t('name'),
    width: 'minmax(150px, 2fr)',
    cell: (key) => (acts.isRevoked(key) ? <Struck of={key} acts={acts} /> : <Name of={key} />),
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
    width: '110px',
    wide: true,
    cell: (key) => (key.limits ? <Chip tone="accent">{t('agentKey')}</Chip> : <RoleChip role={key.role} />),
  },
  { key: 'created_at', title: t('created'), width: '120px', wide: true, cell: (key) => <Ago at={key.created_at} /> },
  {
    key: 'last_used_at',
    title: t('lastUsed'),
    width: '120px',
    wide: true,
    cell: (key) => (key.last_used_at ? <Ago at={key.last_used_at} /> : <span className="text-fg-3">{t('never')}</span>),
  },
  { key: 'expires_at', title: t('expires'), width: '110px', wide: true, cell: (key) => <End at={key.expires_at} /> },
  {
    key: 'actions',
    title: t('actionsTitle'),
    quiet: true,
    width: '40px',
    end: true,
    cell: (key) => !acts.isRevoked(key) && <Actions of={key} acts={acts} />,
  },
];

const Name = ({ of }: { of: Key }) => (
  <span className="font-medium" dir="auto">
    {of.name}
  </span>
);

/** Revoked a moment ago, and still to be had back. */
const Struck = ({ of, acts }: { of: Key; acts: Acts }) => (
  <span className="flex items-center gap-2">
    <s className="min-w-0 truncate font-medium text-fg-3" dir="auto">
      {of.name}
    </s>
    <Chip tone="bad">{t('isRevoked')}</Chip>
    <Button
      variant="outline"
      size="sm"
      autoFocus
      aria-label={t('restore', { name: of.name })}
      onClick={() => acts.restore(of)}
    >
      {t('undo')}
    </Button>
  </span>
);

const Actions = ({ of, acts }: { of: Key; acts: Acts }) => (
  <Menu
    trigger={
      <Button variant="ghost" size="icon" aria-label={t('actions', { name: of.name })}>
        <Ellipsis size={17} aria-hidden="true" />
      </Button>
    }
  >
    <MenuItem icon={<RefreshCw size={15} />} onSelect={() => acts.rotate(of)}>
      {t('rotate')}
    </MenuItem>
    <MenuItem icon={<Trash2 size={15} />} onSelect={() => acts.revoke(of)}>
      {t('revoke')}
    </MenuItem>
  </Menu>
);

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
