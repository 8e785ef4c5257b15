import { type FormEvent, useState } from 'react';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { type Role, useSession } from '../../lib/session';
import { Button } from '../../ui/button';
import { Copy } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { t } from './t';

type Made = Schemas['NewKeyView'];
const DAY_MS = 86_400_000;
const ENDS = { '30': 30, '90': 90, '365': 365, '': 0 } as const;
const ROLES = ['OWNER', 'ADMIN', 'MANAGER', 'AGENT', 'VIEWER'] as const satisfies Role[];

/** Name, role and end; then the key, once. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const { role: own } = useSession();
  const [role, setRole] = useState<Role>('AGENT');
  const [end, setEnd] = useState<keyof typeof ENDS>('90');
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
          api.POST('/tenants/tenant-access-keys/', { body: { name, role, ...(expires_at && { expires_at }) } }),
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
      size="sm"
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
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Shown({ made, onClose }: { made: Made; onClose: () => void }) {
  const curl = `curl ${location.origin}/users/me/ -H "Authorization: Bearer ${made.key}"`;
  return (
    <Dialog
      open
      onClose={() => {}}
      title={t('madeTitle')}
      about={t('madeAbout')}
      actions={
        <Button variant="primary" onClick={onClose}>
          {t('saved')}
        </Button>
      }
    >
      <Secret value={made.key} />
      <p className="mt-4 mb-1.5 text-sm font-medium">{t('madeTry')}</p>
      <Secret value={curl} />
    </Dialog>
  );
}

const Secret = ({ value }: { value: string }) => (
  <div className="flex items-start gap-2 rounded-lg bg-sunken p-2.5">
    <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all select-all">{value}</code>
    <Copy value={value} />
  </div>
);
