import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { told, type WhatsappNumber } from '../../lib/whatsapp';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Page } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { NoPermission } from '../../ui/states';
import { Back } from './back';
import { post } from './health';
import { t } from './t';

/** Field of the form, whether it is kept from sight, whether it must be there. */
const FIELDS = [
  ['phone_number_id', false],
  ['waba_id', false],
  ['access_token', true],
  ['app_secret', true],
] as const;

export default function AddNumberPage() {
  const manages = useIsAtLeast('MANAGER');
  return (
    <Page title={t('addTitle')} back={<Back />}>
      <div className="mx-auto max-w-xl p-4 md:p-8">{manages ? <Form /> : <NoPermission who="Manager" />}</div>
    </Page>
  );
}

function Form() {
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      const fields = Object.fromEntries(FIELDS.map(([name]) => [name, text(name)]));
      const number = await post<WhatsappNumber>('', { ...fields, ...(text('name') && { name: text('name') }) });
      told(number);
      toast(t('connected', { name: number.name }));
      await navigate({ to: `/numbers/${number.id}`, search: { tab: 'webhook' } as never, replace: true });
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  return (
    <Panel title={t('addTitle')} about={t('addAbout')}>
      <form onSubmit={submit} className="space-y-5" noValidate>
        {FIELDS.map(([name, isSecret], at) => (
          <Field key={name} label={t(name)} hint={t(`${name}_hint`)} errors={problem?.errors[name]}>
            <Input
              name={name}
              autoFocus={at === 0}
              autoComplete="off"
              spellCheck={false}
              required
              type={isSecret ? 'password' : 'text'}
              inputMode={isSecret ? 'text' : 'numeric'}
              className="font-mono"
            />
          </Field>
        ))}
        <Field label={t('name')} hint={t('nameHint')} errors={problem?.errors.name}>
          <Input name="name" autoComplete="off" dir="auto" />
        </Field>
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
            {problem.message}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={busy} className="w-full">
          {t('connect')}
        </Button>
      </form>
    </Panel>
  );
}
