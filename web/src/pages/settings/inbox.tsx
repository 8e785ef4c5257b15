import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIsAtLeast } from '../../lib/session';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { SavedForm } from '../../ui/saved-form';
import { Failed, Skeleton } from '../../ui/states';
import { Line } from '../../ui/switch-line';
import { t } from './t';
import { changeWorkspace, type Workspace, workspaceQuery } from './workspace';

export default function Inbox() {
  const { data, error, isPending, refetch } = useQuery(workspaceQuery);
  return (
    <Panel title={t('inbox')} about={t('inboxAbout')}>
      {isPending ? (
        <Skeleton rows={4} />
      ) : data ? (
        <Form initial={data.inbox} />
      ) : (
        <Failed error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  );
}

function Form({ initial }: { initial: Workspace['inbox'] }) {
  const administers = useIsAtLeast('ADMIN');
  const [own, setOwn] = useState(initial);
  const set = (part: Partial<typeof own>) => setOwn({ ...own, ...part });
  const save = (given: FormData) => {
    const minutes = String(given.get('wait') ?? '');
    return changeWorkspace({
      inbox: {
        reopen_on_reply: own.reopen_on_reply,
        assign_on_reply: own.assign_on_reply,
        round_robin: own.round_robin,
        wait_target_minutes: /^\d+$/.test(minutes) ? Number(minutes) : minutes,
      },
    });
  };
  const locked = administers ? undefined : t('adminOnly');
  return (
    <SavedForm id="inbox-settings" locked={locked} onSave={save}>
      {(errors) => (
        <>
          <Line
            label={t('reopen')}
            on={own.reopen_on_reply}
            onChange={(reopen_on_reply) => set({ reopen_on_reply })}
            disabled={!administers}
          />
          <Line
            label={t('assignOnReply')}
            on={own.assign_on_reply}
            onChange={(assign_on_reply) => set({ assign_on_reply })}
            disabled={!administers}
          />
          <Line
            label={t('roundRobin')}
            on={own.round_robin}
            onChange={(round_robin) => set({ round_robin })}
            disabled={!administers}
          />
          <Field label={t('wait')} errors={errors.inbox ?? errors['inbox.wait_target_minutes']}>
            <Input name="wait" inputMode="numeric" defaultValue={own.wait_target_minutes} disabled={!administers} />
          </Field>
        </>
      )}
    </SavedForm>
  );
}
