import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { Problem } from '../../lib/problem';
import { setUp } from '../../lib/session';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Frame } from './frame';
import { setupQuery } from './page';
import { Password } from './password';
import { t } from './t';

const LONG_ENOUGH = 10;

/** First run: one page, then the first thing of value. */
export default function SetupPage() {
  const navigate = useNavigate();
  const setup = useQuery(setupQuery);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [password, setPassword] = useState('');
  useEffect(() => {
    if (setup.data && !setup.data.needed && !done) void navigate({ to: '/sign-in', replace: true });
  });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const word = (name: string) => String(given.get(name) ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      await setUp({ workspace_name: word('workspace_name'), name: word('name'), email: word('email'), password });
      setDone(true);
    } catch (error) {
      setProblem(Problem.of(error));
      setTimeout(() => form.querySelector<HTMLInputElement>('[aria-invalid=true]')?.focus());
    }
    setBusy(false);
  };
  if (done) return <Ready />;
  const errors = problem?.errors ?? {};
  return (
    <Frame title={t('setupTitle')} about={t('setupAbout')}>
      <form onSubmit={submit} className="space-y-4" noValidate>
        <Field label={t('workspace')} hint={t('workspaceHint')} errors={errors.workspace_name}>
          <Input name="workspace_name" autoComplete="organization" autoFocus required />
        </Field>
        <Field label={t('name')} errors={errors.name}>
          <Input name="name" autoComplete="name" required />
        </Field>
        <Field label={t('email')} errors={errors.email}>
          <Input name="email" type="email" autoComplete="username" required />
        </Field>
        <Field label={t('newPassword')} hint={strength(password)} errors={errors.password}>
          <Password
            name="password"
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {problem && Object.keys(errors).length === 0 && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
            {problem.message}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={busy} className="w-full">
          {t('create')}
        </Button>
      </form>
    </Frame>
  );
}

export const strength = (password: string) =>
  !password ? t('atLeast') : password.length >= LONG_ENOUGH ? t('strong') : t('strength', { n: [...password].length });

const Ready = () => (
  <Frame title={t('readyTitle')} about={t('readyAbout')}>
    <div className="grid gap-2">
      <Link
        to="/sandbox"
        className="flex h-10 items-center justify-center rounded-lg bg-accent font-medium text-on-accent hover:bg-accent-hover"
      >
        {t('trySandbox')}
      </Link>
      <Link
        to="/bots/new"
        className="flex h-10 items-center justify-center rounded-lg border border-line-2 font-medium hover:bg-sunken"
      >
        {t('connectBot')}
      </Link>
    </div>
  </Frame>
);
