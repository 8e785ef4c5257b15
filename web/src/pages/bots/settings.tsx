import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, body, queryClient } from '../../lib/api';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { RemovePanel } from '../../ui/remove-panel';
import { SavedForm } from '../../ui/saved-form';
import { Select } from '../../ui/select';
import { SwitchPanel } from '../../ui/switch-panel';
import { type Bot, changeBot, told } from './bots';
import { t } from './t';

/** Name and mode, a new token, pausing, and taking it away. */
export function SettingsTab({ bot }: { bot: Bot }) {
  const manages = useIsAtLeast('MANAGER');
  const [mode, setMode] = useState(bot.receive_mode);
  const modes = (['webhook', 'polling'] as const).map((value) => ({ value, label: t(value) }));
  return (
    <div className="space-y-5">
      <Panel title={t('settings')}>
        <SavedForm
          id="bot-settings"
          locked={manages ? undefined : t('ownerOnly')}
          onSave={(given) => changeBot(bot.id, { name: String(given.get('name') ?? ''), receive_mode: mode })}
        >
          {(errors) => (
            <>
              <Field label={t('name')} hint={t('nameHint')} errors={errors.name}>
                <Input name="name" defaultValue={bot.name} dir="auto" disabled={!manages} />
              </Field>
              <Field label={t('receive')} errors={errors.receive_mode}>
                <Select
                  value={mode}
                  onChange={(next) => setMode(next as typeof mode)}
                  options={modes}
                  disabled={!manages}
                  className="w-full"
                />
              </Field>
            </>
          )}
        </SavedForm>
      </Panel>
      {manages && <NewToken bot={bot} />}
      {manages && <Pause bot={bot} />}
      {manages && <Remove bot={bot} />}
    </div>
  );
}

function NewToken({ bot }: { bot: Bot }) {
  const [tries, setTries] = useState(0);
  const save = async (given: FormData) => {
    await changeBot(bot.id, { bot_token: String(given.get('bot_token') ?? '').trim() });
    setTries(tries + 1);
    toast(t('replaced'));
  };
  return (
    <Panel title={t('newToken')} about={t('newTokenHint')}>
      <SavedForm id="bot-token" key={tries} onSave={save}>
        {(errors) => (
          <Field label={t('newToken')} errors={errors.bot_token}>
            <Input
              name="bot_token"
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              placeholder={bot.bot_token}
            />
          </Field>
        )}
      </SavedForm>
    </Panel>
  );
}

function Pause({ bot }: { bot: Bot }) {
  const params = { path: { id: bot.id } };
  const turn = async () =>
    told(
      await body<Bot>(
        bot.is_active
          ? api.POST('/telegram/v1/bots/{id}/deactivate/', { params })
          : api.POST('/telegram/v1/bots/{id}/activate/', { params }),
      ),
    );
  return bot.is_active ? (
    <SwitchPanel words={t('pause')} about={t('pauseAbout')} onTurn={turn} />
  ) : (
    <SwitchPanel words={t('start')} about={t('startAbout')} onTurn={turn} />
  );
}

function Remove({ bot }: { bot: Bot }) {
  const navigate = useNavigate();
  const remove = async () => {
    await api.DELETE('/telegram/v1/bots/{id}/', { params: { path: { id: bot.id } } });
    toast(t('removed', { name: bot.name }));
    void queryClient.invalidateQueries({ queryKey: ['bots'] });
    await navigate({ to: '/bots', replace: true });
  };
  const words = {
    title: t('danger'),
    about: t('dangerAbout'),
    action: t('remove'),
    ask: t('removeTitle', { name: bot.name }),
    type: t('removeType'),
  };
  return <RemovePanel name={bot.name} words={words} onRemove={remove} />;
}
