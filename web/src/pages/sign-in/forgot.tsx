import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Frame } from './frame';
import { t } from './t';

/** Asks for a letter with a link that sets a new password. */
export default function ForgotPage() {
  const [problem, setProblem] = useState<Problem>();
  const [state, setState] = useState<'' | 'busy' | 'done'>('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get('email') ?? '').trim();
    setState('busy');
    setProblem(undefined);
    try {
      await request('/resets/', { method: 'POST', body: JSON.stringify({ email }) });
      setState('done');
    } catch (error) {
      setProblem(Problem.of(error));
      setState('');
    }
  };
  const isOff = problem?.code === 'mail_is_off';
  return (
    <Frame title={t('forgotTitle')} about={state === 'done' ? t('forgotDone') : t('forgotAbout')}>
      {state !== 'done' && (
        <form onSubmit={submit} className="space-y-4" noValidate>
          <Field label={t('email')} errors={problem?.errors.email}>
            <Input name="email" type="email" autoComplete="username" autoFocus required />
          </Field>
          {problem && !problem.errors.email && (
            <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
              {isOff ? t('mailIsOff') : problem.message}
            </p>
          )}
          <Button type="submit" variant="primary" size="lg" busy={state === 'busy'} className="w-full">
            {t('sendLink')}
          </Button>
        </form>
      )}
      <Link to="/sign-in" className="mt-4 inline-block text-sm font-medium text-accent-text hover:underline">
        {t('toSignIn')}
      </Link>
    </Frame>
  );
}
