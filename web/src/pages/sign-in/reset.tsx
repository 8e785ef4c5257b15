import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Failed, Skeleton } from '../../ui/states';
import { Frame } from './frame';
import { DeadLink } from './invite';
import { Password } from './password';
import { strength } from './setup';
import { t } from './t';

/** A link that sets a new password. */
export default function ResetPage() {
  const { token = '' } = useParams({ strict: false });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['reset', token],
    queryFn: () => request<{ email: string }>(`/resets/${token}/`),
    retry: false,
  });
  if (isPending || data)
    return (
      <Frame title={t('resetTitle')} about={data?.email}>
        {data ? <Form token={token} /> : <Skeleton rows={2} />}
      </Frame>
    );
  if (Problem.of(error).status === 404) return <DeadLink />;
  return (
    <Frame title={t('resetTitle')}>
      <Failed error={error} onRetry={() => void refetch()} />
    </Frame>
  );
}

function Form({ token }: { token: string }) {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [state, setState] = useState<'' | 'busy' | 'done'>('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setState('busy');
    try {
      await request(`/resets/${token}/`, { method: 'POST', body: JSON.stringify({ password }) });
      setState('done');
    } catch (error) {
      setProblem(Problem.of(error));
      setState('');
    }
  };
  if (state === 'done')
    return (
      <p className="text-sm text-fg-2">
        {t('resetDone')}{' '}
        <Link to="/sign-in" className="font-medium text-accent-text underline">
          {t('toSignIn')}
        </Link>
      </p>
    );
  return (
    <form onSubmit={submit} className="space-y-4" noValidate>
      <Field
        label={t('newPassword')}
        hint={strength(password)}
        errors={problem && (problem.errors.password ?? [problem.message])}
      >
        <Password
          autoComplete="new-password"
          autoFocus
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={state === 'busy'} className="w-full">
        {t('setPassword')}
      </Button>
    </form>
  );
}
