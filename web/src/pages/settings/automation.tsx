import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIsAtLeast } from '../../lib/session';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { SavedForm } from '../../ui/saved-form';
import { Failed, Skeleton } from '../../ui/states';
import { Line } from '../../ui/switch-line';
import { t } from './t';
import { changeWorkspace, type Workspace, workspaceQuery } from './workspace';

export default function Automation() {
  const { data, error, isPending, refetch } = useQuery(workspaceQuery);
  if (isPending) return <Skeleton rows={4} />;
  if (!data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Greeting initial={data.automation.greeting} />
      <Away initial={data.automation.away} />
    </>
  );
}

function Greeting({ initial }: { initial: Workspace['automation']['greeting'] }) {
  const administers = useIsAtLeast('ADMIN');
  const [isOn, setIsOn] = useState(initial.is_on);
  const save = (given: FormData) =>
    changeWorkspace({ automation: { greeting: { is_on: isOn, text: String(given.get('text') ?? '') } } });
  return (
    <Panel title={t('greeting')} about={t('greetingAbout')}>
      <SavedForm id="greeting" locked={administers ? undefined : t('adminOnly')} onSave={save}>
        {(errors) => (
          <>
            <Line label={t('isOnGreeting')} on={isOn} onChange={setIsOn} disabled={!administers} />
            <Field label={t('text')} hint={t('textHint')} errors={errors.automation}>
              <TextArea name="text" defaultValue={initial.text} disabled={!administers} className="min-h-24" />
            </Field>
          </>
        )}
      </SavedForm>
    </Panel>
  );
}

function Away({ initial }: { initial: Workspace['automation']['away'] }) {
  const administers = useIsAtLeast('ADMIN');
  const [isOn, setIsOn] = useState(initial.is_on);
  const save = (given: FormData) => {
    const every = String(given.get('every') ?? '');
    const every_minutes = /^\d+$/.test(every) ? Number(every) : every;
    return changeWorkspace({
      automation: { away: { is_on: isOn, text: String(given.get('text') ?? ''), every_minutes } },
    });
  };
  return (
    <Panel title={t('away')} about={t('awayAbout')}>
      <SavedForm id="away" locked={administers ? undefined : t('adminOnly')} onSave={save}>
        {(errors) => (
          <>
            <Line label={t('isOnAway')} on={isOn} onChange={setIsOn} disabled={!administers} />
            <Field label={t('text')} hint={t('textHint')} errors={errors.automation}>
              <TextArea name="text" defaultValue={initial.text} disabled={!administers} className="min-h-24" />
            </Field>
            <Field label={t('awayEvery')}>
              <Input name="every" inputMode="numeric" defaultValue={initial.every_minutes} disabled={!administers} />
            </Field>
          </>
        )}
      </SavedForm>
    </Panel>
  );
}
