import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { told, type WhatsappNumber } from '../../lib/whatsapp';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { RemovePanel } from '../../ui/remove-panel';
import { SavedForm } from '../../ui/saved-form';
import { SwitchPanel } from '../../ui/switch-panel';
import { changeNumber, post } from './health';
import { t } from './t';

type Props = { number: WhatsappNumber };

/** Name and limits, new secrets, pausing, and taking it away. */
export function SettingsTab({ number }: Props) {
  const manages = useIsAtLeast('MANAGER');
  const save = (given: FormData) => {
    const text = (name: string) => String(given.get(name) ?? '').trim();
    const daily = text('daily_limit');
    return changeNumber(number.id, {
      name: text('name'),
      // What is no number goes as it is, so that the server's sentence about it shows.
      daily_limit: /^\d+$/.test(daily) ? Number(daily) : daily,
      rate_limit: text('rate_limit') || null,
    });
  };
  return (
    <div className="space-y-5">
      <Panel title={t('settings')}>
        <SavedForm id="number-settings" locked={manages ? undefined : t('ownerOnly')} onSave={save}>
          {(errors) => (
            <>
              <Field label={t('name')} hint={t('nameHint')} errors={errors.name}>
                <Input name="name" defaultValue={number.name} dir="auto" disabled={!manages} />
              </Field>
              <Field label={t('daily')} hint={t('dailyHint')} errors={errors.daily_limit}>
                <Input name="daily_limit" inputMode="numeric" defaultValue={number.daily_limit} disabled={!manages} />
              </Field>
              <Field
                label={t('ownRate')}
                hint={t('ownRateHint', { rate: number.effective_rate_limit })}
                errors={errors.rate_limit}
              >
                <Input name="rate_limit" defaultValue={number.rate_limit ?? ''} disabled={!manages} />
              </Field>
            </>
          )}
        </SavedForm>
      </Panel>
      {manages && <Secrets number={number} />}
      {manages && <Pause number={number} />}
      {manages && <Remove number={number} />}
    </div>
  );
}

function Secrets({ number }: Props) {
  const [tries, setTries] = useState(0);
  const save = async (given: FormData) => {
    const names = ['access_token', 'app_secret'];
    const filled = names
      .map((name) => [name, String(given.get(name) ?? '').trim()] as const)
      .filter(([, text]) => text);
    await changeNumber(number.id, Object.fromEntries(filled));
    setTries(tries + 1);
    toast(t('replaced'));
  };
  return (
    <Panel title={t('newSecrets')} about={t('newSecretsHint')}>
      <SavedForm id="number-secrets" key={tries} onSave={save}>
        {(errors) => (
          <>
            <Field label={t('access_token')} errors={errors.access_token}>
              <Input
                name="access_token"
                type="password"
                autoComplete="off"
                className="font-mono"
                placeholder={number.access_token}
              />
            </Field>
            <Field label={t('app_secret')} errors={errors.app_secret}>
              <Input name="app_secret" type="password" autoComplete="off" className="font-mono" />
            </Field>
          </>
        )}
      </SavedForm>
    </Panel>
  );
}

function Pause({ number }: Props) {
  const turn = async () =>
    told(await post<WhatsappNumber>(`${number.id}/${number.is_active ? 'deactivate' : 'activate'}/`));
  return number.is_active ? (
    <SwitchPanel words={t('pause')} about={t('pauseAbout')} onTurn={turn} />
  ) : (
    <SwitchPanel words={t('start')} about={t('startAbout')} onTurn={turn} />
  );
}

function Remove({ number }: Props) {
  const navigate = useNavigate();
  const remove = async () => {
    await request(`/whatsapp/v1/numbers/${number.id}/`, { method: 'DELETE' });
    toast(t('removed', { name: number.name }));
    void queryClient.invalidateQueries({ queryKey: ['numbers'] });
    await navigate({ to: '/numbers', replace: true });
  };
  const words = {
    title: t('danger'),
    about: t('dangerAbout'),
    action: t('remove'),
    ask: t('removeTitle', { name: number.name }),
    type: t('removeType'),
  };
  return <RemovePanel name={number.name} words={words} onRemove={remove} />;
}
