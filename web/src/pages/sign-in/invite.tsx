import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { acceptInvite } from '../../lib/session';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Failed, Skeleton } from '../../ui/states';
import { Frame } from './frame';
import { Password } from './password';
import { strength } from './setup';
import { t } from './t';

type Invitation = { workspace: string; email: string; has_account: boolean };

/** The link of an invitation: a name and a password, or the password that one has here already. */
export default function InvitePage() {
  const { token = '' } = useParams({ strict: false });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['invite', token],
    queryFn: () => request<Invitation>(`/invites/${token}/`),
    retry: false,
  });
  if (isPending)
    return (
      <Frame title={t('join')}>
        <Skeleton rows={3} />
      </Frame>
    );
  if (data) return <Join token={token} invitation={data} />;
  if (Problem.of(error).status !== 404)
    return (
      <Frame title={t('join')}>
        <Failed error={error} onRetry={() => void refetch()} />
      </Frame>
    );
  return <DeadLink />;
}

export const DeadLink = () => (
  <Frame title={t('linkDead')} about={t('linkDeadAbout')}>
    <Link to="/sign-in" className="text-sm font-medium text-accent-text underline">
      {t('toSignIn')}
    </Link>
  </Frame>
);

function Join({ token, invitation }: { token: string; invitation: Invitation }) {
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [password, setPassword] = useState('');
  const { has_account } = invitation;
  const needsCode = problem?.code === 'code_required' || !!problem?.errors.code;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const word = (name: string) => String(given.get(name) ?? '').trim();
    setBusy(true);
    try {
      const code = word('code');
      await acceptInvite(token, { password, ...(!has_account && { name: word('name') }), ...(code && { code }) });
      await navigate({ to: '/inbox', replace: true });
    } catch (error) {
      setProblem(Problem.of(error));
      setTimeout(() => form.querySelector<HTMLInputElement>('[aria-invalid=true],[name=code]')?.focus());
    }
    setBusy(false);
  };
  const errors = problem?.errors ?? {};
  return (
    <Frame title={t('inviteTitle', { workspace: invitation.workspace })} about={invitation.email}>
      <form onSubmit={submit} className="space-y-4" noValidate>
        {!has_account && (
          <Field label={t('name')} errors={errors.name}>
            <Input name="name" autoComplete="name" autoFocus required />
          </Field>
        )}
        <Field
          label={has_account ? t('password') : t('newPassword')}
          hint={has_account ? t('ownPassword') : strength(password)}
          errors={errors.password}
        >
          <Password
            autoComplete={has_account ? 'current-password' : 'new-password'}
            autoFocus={has_account}
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {needsCode && (
          <Field label={t('code')} hint={t('codeHint')} errors={errors.code}>
            <Input name="code" inputMode="numeric" autoComplete="one-time-code" />
          </Field>
        )}
        {problem && !Object.keys(errors).length && problem.code !== 'code_required' && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
            {problem.message}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={busy} className="w-full">
          {t('join')}
        </Button>
      </form>
    </Frame>
  );
}
