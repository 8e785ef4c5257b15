import { useQuery } from '@tanstack/react-query';
import { Monitor } from 'lucide-react';
import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { exact, relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { SavedForm } from '../../ui/saved-form';
import { Failed, Skeleton } from '../../ui/states';
import { SecondStep } from './second-step';
import { t } from './t';

export default function Security() {
  return (
    <>
      <Password />
      <SecondStep />
      <Sessions />
    </>
  );
}

function Password() {
  const [round, setRound] = useState(0);
  const save = async (given: FormData) => {
    const word = (name: string) => String(given.get(name) ?? '');
    const body = { current_password: word('current_password'), new_password: word('new_password') };
    await request('/users/me/', { method: 'PATCH', body: JSON.stringify(body) });
    setRound(round + 1);
    toast(t('changed'));
    void queryClient.invalidateQueries({ queryKey: ['sessions'] });
  };
  return (
    <Panel title={t('password')} about={t('passwordAbout')}>
      <SavedForm key={round} id="password" action={t('change')} onSave={save}>
        {(errors) => (
          <>
            <Field label={t('current')} errors={errors.current_password}>
              <Input name="current_password" type="password" autoComplete="current-password" />
            </Field>
            <Field label={t('new')} errors={errors.new_password}>
              <Input name="new_password" type="password" autoComplete="new-password" />
            </Field>
          </>
        )}
      </SavedForm>
    </Panel>
  );
}

type Session = { id: string; user_agent: string; created_at: string; last_seen_at: string; is_current: boolean };

function Sessions() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: async ({ signal }) => (await request<{ results: Session[] }>('/users/me/sessions/', { signal })).results,
  });
  const end = async (path: string) => {
    await request(path, { method: 'DELETE' });
    toast(t('signedOut'));
    await refetch();
  };
  return (
    <Panel
      title={t('sessions')}
      actions={
        (data?.length ?? 0) > 1 && (
          <Button variant="outline" onClick={() => void end('/users/me/sessions/')}>
            {t('signOutOthers')}
          </Button>
        )
      }
    >
      {isPending ? (
        <Skeleton rows={2} />
      ) : !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <ul className="divide-y divide-line">
          {data.map((one) => (
            <li key={one.id} className="flex items-center gap-3 py-2.5 text-sm">
              <Monitor size={18} className="shrink-0 text-fg-3" aria-hidden="true" />
              <span className="min-w-0 flex-1" title={one.user_agent}>
                <span className="block truncate font-medium">{browserOf(one.user_agent)}</span>
                <span className="text-xs text-fg-3" title={exact(one.last_seen_at)}>
                  {t('lastSeen', { time: relative(one.last_seen_at) })}
                </span>
              </span>
              {one.is_current ? (
                <Chip tone="ok">{t('thisOne')}</Chip>
              ) : (
                <Button variant="outline" size="sm" onClick={() => void end(`/users/me/sessions/${one.id}/`)}>
                  {t('signOutOne')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const BROWSERS = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'] as const;
const SYSTEMS = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'] as const;
/** "Firefox · Linux" of a browser's long name for itself. */
function browserOf(agent: string): string {
  const browser = BROWSERS.find((name) => agent.includes(name));
  const system = SYSTEMS.find((name) => agent.includes(name));
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera' };
  const words = [browser && (names[browser] ?? browser), system].filter(Boolean);
  return words.length ? words.join(' · ') : agent.slice(0, 60) || t('unknownBrowser');
}
