import { Link } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { Problem } from '../../lib/problem';
import { signIn } from '../../lib/session';
import { lasting } from '../../lib/time';
import { Button } from '../../ui/button';
import { Check } from '../../ui/check';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Password } from './password';
import { t } from './t';

type Given = { email: string; password: string };

/** E-mail, password and, for those who have it on, the second step. Also inside the dialog when a session ends. */
export function SignInForm({ onDone, initial }: { onDone: () => void; initial?: Given | null }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [remember, setRemember] = useState(true);
  const [needsCode, setNeedsCode] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const word = (name: string) => String(given.get(name) ?? '');
    setBusy(true);
    setProblem(undefined);
    try {
      const code = word('code').trim();
      await signIn({ email: word('email'), password: word('password'), remember, ...(code && { code }) });
      onDone();
    } catch (error) {
      const refused = Problem.of(error);
      if (refused.code === 'code_required' || refused.errors.code) setNeedsCode(true);
      // Being asked for the code is no failure, the first time.
      if (refused.code !== 'code_required' || needsCode) setProblem(refused);
      setTimeout(() => form.current?.querySelector<HTMLInputElement>('[name=code],[name=password]')?.focus());
    }
    setBusy(false);
  };
  const words = problem?.retryAfter
    ? t('lockedFor', { minutes: lasting(Math.max(60_000, problem.retryAfter * 1000)) })
    : problem?.message;
  const isOfAField = problem && Object.keys(problem.errors).length > 0;
  return (
    <form ref={form} onSubmit={submit} className="space-y-4" noValidate>
      <Field label={t('email')} errors={problem?.errors.email}>
        <Input name="email" type="email" autoComplete="username" required autoFocus defaultValue={initial?.email} />
      </Field>
      <Field label={t('password')} errors={problem?.errors.password}>
        <Password name="password" autoComplete="current-password" required defaultValue={initial?.password} />
      </Field>
      {needsCode && (
        <Field label={t('code')} hint={t('codeHint')} errors={problem?.errors.code}>
          <Input name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus />
        </Field>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Check checked={remember} onChange={setRemember} label={t('remember')} />
        <Link to="/forgot" className="rounded text-sm font-medium text-accent-text hover:underline">
          {t('forgot')}
        </Link>
      </div>
      {problem && !isOfAField && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {words}
        </p>
      )}
      <Button type="submit" variant="primary" size="lg" busy={busy} className="w-full">
        {initial ? t('demoSubmit') : t('submit')}
      </Button>
    </form>
  );
}
