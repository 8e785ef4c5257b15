import { type FormEvent, useState } from 'react';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { type Role, useSession } from '../../lib/session';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Secret } from '../../ui/secret';
import { Select } from '../../ui/select';
import { LimitFields, limitsBody, NO_LIMITS } from './limits';
import { t } from './t';

export type Made = Schemas['NewKeyView'];
const DAY_MS = 86_400_000;
const ENDS = { '30': 30, '90': 90, '365': 365, '': 0 } as const;
const ROLES = ['OWNER', 'ADMIN', 'MANAGER', 'AGENT', 'VIEWER'] as const satisfies Role[];

/** Name, role and end; then the key, once. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const { role: own } = useSession();
  const [role, setRole] = useState<Role>('AGENT');
  const [end, setEnd] = useState<keyof typeof ENDS>('90');
  const [limits, setLimits] = useState(NO_LIMITS);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Made>();
  if (made) return <Shown made={made} onClose={onClose} />;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '');
    const expires_at = end ? new Date(Date.now() + ENDS[end] * DAY_MS).toISOString() : undefined;
    setBusy(true);
    try {
      setMade(
        await body<Made>(
          api.POST('/tenants/tenant-access-keys/', {
            body: { name, role, limits: limitsBody(limits), ...(expires_at && { expires_at }) },
          }),
        ),
      );
      void queryClient.invalidateQueries({ queryKey: ['keys'] });
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  const roles = ROLES.slice(ROLES.indexOf(own)).map((value) => ({ value, label: t(value) }));
  const ends = [
    { value: '30', label: t('day30') },
    { value: '90', label: t('day90') },
    { value: '365', label: t('year') },
    { value: '', label: t('noEnd') },
  ];
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('createTitle')}
      about={t('createAbout')}
      actions={
        <Button form="new-key" type="submit" variant="primary" busy={busy}>
          {t('make')}
        </Button>
      }
    >
      <form id="new-key" onSubmit={submit} className="space-y-4" noValidate>
        <Field label={t('name')} hint={t('nameHint')} errors={problem?.errors.name}>
          <Input name="name" autoFocus autoComplete="off" />
        </Field>
        <Field label={t('role')} errors={problem?.errors.role}>
          <Select value={role} onChange={(value) => setRole(value as Role)} options={roles} className="w-full" />
        </Field>
        <Field label={t('end')} hint={t('endHint')} errors={problem?.errors.expires_at}>
          <Select
            value={end}
            onChange={(value) => setEnd(value as keyof typeof ENDS)}
            options={ends}
            className="w-full"
          />
        </Field>
        <LimitFields value={limits} onChange={setLimits} errors={problem?.errors.limits} />
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}

/** A key, the one time that it is shown. */
export function Shown({ made, about, onClose }: { made: Made; about?: string; onClose: () => void }) {
  const bearer = `Bearer ${made.key}`;
  const usage = made.limits
    ? JSON.stringify({ type: 'http', url: `${location.origin}/mcp`, headers: { Authorization: bearer } })
    : `curl ${location.origin}/users/me/ -H "Authorization: ${bearer}"`;
  return (
    <Dialog
      open
      onClose={() => {}}
      title={t('madeTitle')}
      about={about ? `${t('madeAbout')} ${about}` : t('madeAbout')}
      actions={
        <Button variant="primary" onClick={onClose}>
          {t('saved')}
        </Button>
      }
    >
      <Secret value={made.key} />
      <p className="mt-4 mb-1.5 text-sm font-medium">{made.limits ? t('madeMcp') : t('madeTry')}</p>
      <Secret value={usage} />
    </Dialog>
  );
}
