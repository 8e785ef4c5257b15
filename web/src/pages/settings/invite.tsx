import { type FormEvent, useState } from 'react';
import { request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { type Role, useSession } from '../../lib/session';
import { dateTime } from '../../lib/time';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Secret } from '../../ui/secret';
import { Select } from '../../ui/select';
import { t } from './t';
import { refreshTeam } from './team';

export const ROLES = ['OWNER', 'ADMIN', 'MANAGER', 'AGENT', 'VIEWER'] as const satisfies Role[];
type Made = { url: string; is_mailed: boolean; email: string; expires_at: string };

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { role: own } = useSession();
  const [role, setRole] = useState<Role>('AGENT');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Made>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get('email') ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      setMade(await request<Made>('/tenants/invites/', { method: 'POST', body: JSON.stringify({ email, role }) }));
      await refreshTeam();
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  if (made)
    return (
      <LinkDialog
        title={t('inviteMade')}
        about={t(made.is_mailed ? 'inviteMailedAbout' : 'inviteMadeAbout', {
          email: made.email,
          time: dateTime(made.expires_at),
        })}
        url={made.url}
        onClose={onClose}
      />
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('invite')}
      size="sm"
      actions={
        <Button form="invite" type="submit" variant="primary" busy={busy}>
          {t('makeInvite')}
        </Button>
      }
    >
      <form id="invite" onSubmit={submit} className="space-y-4" noValidate>
        <Field label={t('inviteEmail')} errors={problem?.errors.email}>
          <Input name="email" type="email" autoFocus autoComplete="off" />
        </Field>
        <Field label={t('role')} errors={problem?.errors.role}>
          <Select
            value={role}
            onChange={(next) => setRole(next as Role)}
            options={ROLES.slice(ROLES.indexOf(own)).map((value) => ({ value, label: t(value) }))}
            className="w-full"
          />
        </Field>
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}

type LinkProps = { title: string; about: string; url: string; onClose: () => void };
/** A link that is shown once. */
export const LinkDialog = ({ title, about, url, onClose }: LinkProps) => (
  <Dialog
    open
    onClose={() => {}}
    title={title}
    about={about}
    actions={
      <Button variant="primary" onClick={onClose}>
        {t('done')}
      </Button>
    }
  >
    <Secret value={url} />
  </Dialog>
);
