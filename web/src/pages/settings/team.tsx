import { Ellipsis, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { useListing } from '../../lib/listing';
import { Problem } from '../../lib/problem';
import { type Role, useIsAtLeast, useSession } from '../../lib/session';
import { dateTime, exact, relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { Loaded } from '../../ui/loaded';
import { Menu, MenuItem, MenuLabel, MenuSep } from '../../ui/menu';
import { Panel } from '../../ui/panel';
import { RoleChip } from '../../ui/role-chip';
import { Skeleton } from '../../ui/states';
import { InviteDialog, LinkDialog, ROLES } from './invite';
import { t } from './t';

export type Member = {
  id: string;
  name: string;
  email: string;
  role: Role;
  is_active: boolean;
  has_second_step: boolean;
  last_seen_at: string | null;
};
type ResetLink = { url: string | null; expires_at: string };
type Invite = { id: string; email: string; role: Role; expires_at: string };
const get =
  <R,>(path: string) =>
  async ({ cursor, signal }: { cursor: string | undefined; signal: AbortSignal }) => ({
    data: await request<R>(`${path}?page_size=200${cursor ? `&cursor=${cursor}` : ''}`, { signal }),
  });
export const refreshTeam = () => queryClient.invalidateQueries({ queryKey: ['team'] });

export default function Team() {
  const { tenant } = useSession();
  const administers = useIsAtLeast('ADMIN');
  const [inviting, setInviting] = useState(false);
  const { rows, query, more } = useListing<Member>(['team', 'members'], get('/tenants/members/'));
  return (
    <>
      <Panel
        title={t('team')}
        about={t('teamAbout', { workspace: tenant.name })}
        actions={
          administers && (
            <Button variant="primary" onClick={() => setInviting(true)}>
              <UserPlus size={15} aria-hidden="true" />
              {t('invite')}
            </Button>
          )
        }
      >
        <Loaded query={query} rows={rows} skeleton={<Skeleton rows={3} />}>
          <ul className="divide-y divide-line">
            {rows.map((member) => (
              <Row key={member.id} member={member} administers={administers} />
            ))}
          </ul>
        </Loaded>
        {query.hasNextPage && (
          <Button variant="ghost" onClick={more}>
            …
          </Button>
        )}
      </Panel>
      {administers && <Open />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  );
}

function Row({ member, administers }: { member: Member; administers: boolean }) {
  const { user, role: own } = useSession();
  const isReachable = administers && ROLES.indexOf(member.role) >= ROLES.indexOf(own) && member.id !== user.id;
  return (
    <li className="flex items-center gap-3 py-2.5 text-sm">
      <Avatar name={member.name} id={member.id} size={34} />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium" dir="auto">
            {member.name}
          </span>
          {!member.is_active && <Chip tone="warn">{t('off')}</Chip>}
          {member.has_second_step && <Chip tone="ok">{t('twoSteps')}</Chip>}
        </span>
        <span className="block truncate text-xs text-fg-3">
          {member.email}
          {' · '}
          {member.last_seen_at ? (
            <time title={exact(member.last_seen_at)}>{relative(member.last_seen_at)}</time>
          ) : (
            t('never')
          )}
        </span>
      </span>
      <RoleChip role={member.role} />
      {isReachable ? <Actions member={member} own={own} /> : <span className="size-8" />}
    </li>
  );
}

function Actions({ member, own }: { member: Member; own: Role }) {
  const [removing, setRemoving] = useState(false);
  const [link, setLink] = useState<{ url: string; expires_at: string }>();
  const reset = async () => {
    const made = await request<ResetLink>(`${path}reset/`, { method: 'POST' });
    if (made.url) setLink({ url: made.url, expires_at: made.expires_at });
    else toast(t('resetMailed', { email: member.email }));
  };
  const path = `/tenants/members/${member.id}/`;
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await refreshTeam();
    } catch (error) {
      toast(Problem.of(error).message, { kind: 'failed' });
    }
  };
  const change = (part: object) =>
    attempt(async () => {
      await request(path, { method: 'PATCH', body: JSON.stringify(part) });
      toast(t('changed'));
    });
  const remove = async () => {
    await request(path, { method: 'DELETE' });
    toast(t('removed', { name: member.name }));
    await refreshTeam();
  };
  const { name } = member;
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t('actions', { name })}>
            <Ellipsis size={17} aria-hidden="true" />
          </Button>
        }
      >
        <MenuLabel>{t('role')}</MenuLabel>
        {ROLES.slice(ROLES.indexOf(own)).map((role) => (
          <MenuItem key={role} checked={role === member.role} onSelect={() => void change({ role })}>
            {t(role)}
          </MenuItem>
        ))}
        <MenuSep />
        <MenuItem onSelect={() => void change({ is_active: !member.is_active })}>
          {member.is_active ? t('keepOut') : t('letIn')}
        </MenuItem>
        <MenuItem onSelect={() => void attempt(reset)}>{t('resetLink')}</MenuItem>
        <MenuItem onSelect={() => setRemoving(true)}>{t('removeMember')}</MenuItem>
      </Menu>
      <Confirm
        open={removing}
        danger
        title={t('removeTitle', { name })}
        about={t('removeAbout')}
        action={t('removeMember')}
        onClose={() => setRemoving(false)}
        onConfirm={remove}
      />
      {link && (
        <LinkDialog
          title={t('resetMade', { name })}
          about={t('resetMadeAbout', { time: dateTime(link.expires_at) })}
          url={link.url}
          onClose={() => setLink(undefined)}
        />
      )}
    </>
  );
}

function Open() {
  const { rows } = useListing<Invite>(['team', 'invites'], get('/tenants/invites/'));
  if (!rows.length) return null;
  const revoke = async (id: string) => {
    await request(`/tenants/invites/${id}/`, { method: 'DELETE' });
    await refreshTeam();
  };
  return (
    <Panel title={t('open')}>
      <ul className="divide-y divide-line">
        {rows.map((invite) => (
          <li key={invite.id} className="flex items-center gap-3 py-2.5 text-sm">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{invite.email}</span>
              <span className="text-xs text-fg-3">{t('until', { time: dateTime(invite.expires_at) })}</span>
            </span>
            <RoleChip role={invite.role} />
            <Button variant="outline" size="sm" onClick={() => void revoke(invite.id)}>
              {t('revoke')}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
