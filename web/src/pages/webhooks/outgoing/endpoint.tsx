import { useState } from 'react';
import { api, body, type Schemas } from '../../../lib/api';
import { Problem } from '../../../lib/problem';
import { dateTime, exact, relative } from '../../../lib/time';
import { toast } from '../../../lib/toasts';
import { Button } from '../../../ui/button';
import { Chip } from '../../../ui/chip';
import { Confirm } from '../../../ui/confirm';
import { Facts } from '../../../ui/panel';
import { t } from '../t';
import { EndpointForm } from './endpoint-form';
import { type EndpointView, healthOf, refresh, words } from './endpoints';
import { Replay } from './replay';
import { SecretShown } from './secret';

type Asked = 'edit' | 'rotate' | 'replay' | 'remove';

/** One endpoint, and all that can be done with it. */
export function Endpoint({ endpoint, onGone }: { endpoint: EndpointView; onGone: () => void }) {
  const [asked, setAsked] = useState<Asked>();
  const [secret, setSecret] = useState<string>();
  const [busy, setBusy] = useState(false);
  const params = { path: { id: endpoint.id } };
  const health = healthOf(endpoint);
  const close = () => setAsked(undefined);
  const act = async (call: () => Promise<unknown>, said: string) => {
    setBusy(true);
    try {
      await call();
      toast(said);
      await refresh();
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    setBusy(false);
  };
  const test = () => act(() => api.POST('/webhooks/endpoints/{id}/test/', { params }), t('tested'));
  const enable = () => act(() => api.POST('/webhooks/endpoints/{id}/enable/', { params }), t('enabled'));
  const disable = () => act(() => api.POST('/webhooks/endpoints/{id}/disable/', { params }), t('disabled'));
  const rotate = async () => {
    const made = await body<Schemas['EndpointSecretView']>(api.POST('/webhooks/endpoints/{id}/rotate/', { params }));
    setSecret(made.secret);
    await refresh();
  };
  const remove = async () => {
    await api.DELETE('/webhooks/endpoints/{id}/', { params });
    toast(t('removed'));
    onGone();
    await refresh();
  };
  return (
    <div className="space-y-5 p-5">
      <div className="flex items-center gap-2">
        <Chip tone={health.tone}>{t(health.key)}</Chip>
      </div>
      {endpoint.disabled_reason && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {endpoint.disabled_reason} {t('stoppedAbout')}
        </p>
      )}
      {endpoint.is_enabled && endpoint.failing_since && (
        <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
          {t('failingAbout', { time: relative(endpoint.failing_since) })}
        </p>
      )}
      <Facts
        rows={[
          [
            t('url'),
            <span key="u" className="break-all">
              {endpoint.url}
            </span>,
          ],
          [t('description'), endpoint.description],
          [t('events'), endpoint.event_types.length ? endpoint.event_types.map(words).join(', ') : t('allEvents')],
          [t('oldSecret'), endpoint.old_secret_until && t('until', { time: dateTime(endpoint.old_secret_until) })],
          [t('created'), exact(endpoint.created_at)],
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Button variant="outline" size="sm" onClick={() => setAsked('edit')}>
          {t('edit')}
        </Button>
        {endpoint.is_enabled ? (
          <>
            <Button variant="outline" size="sm" busy={busy} onClick={test}>
              {t('sendTest')}
            </Button>
            <Button variant="outline" size="sm" onClick={() => setAsked('replay')}>
              {t('replayRange')}
            </Button>
            <Button variant="outline" size="sm" busy={busy} onClick={disable}>
              {t('disable')}
            </Button>
          </>
        ) : (
          <Button variant="primary" size="sm" busy={busy} onClick={enable}>
            {t('enable')}
          </Button>
        )}
        <Button variant="outline" size="sm" onClick={() => setAsked('rotate')}>
          {t('rotate')}
        </Button>
        <Button variant="risky" size="sm" onClick={() => setAsked('remove')}>
          {t('remove')}
        </Button>
      </div>
      {asked === 'edit' && <EndpointForm endpoint={endpoint} onClose={close} />}
      {asked === 'replay' && <Replay endpoint={endpoint} onClose={close} />}
      <Confirm
        open={asked === 'rotate'}
        title={t('rotateTitle')}
        about={t('rotateAbout')}
        action={t('rotate')}
        onClose={close}
        onConfirm={rotate}
      />
      <Confirm
        open={asked === 'remove'}
        danger
        title={t('removeTitle')}
        about={t('removeAbout')}
        action={t('remove')}
        onClose={close}
        onConfirm={remove}
      />
      {secret && <SecretShown secret={secret} onClose={() => setSecret(undefined)} />}
    </div>
  );
}
