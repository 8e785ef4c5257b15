import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, queryClient } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Facts, Panel } from '../../ui/panel';
import { Failed, Skeleton } from '../../ui/states';
import { type Bot, infoQuery, told } from './bots';
import { t } from './t';

/** Our side and Telegram's side by side, and the button that makes them one again. */
export function WebhookTab({ bot }: { bot: Bot }) {
  const manages = useIsAtLeast('MANAGER');
  const [busy, setBusy] = useState(false);
  const { data, error, isPending, refetch } = useQuery(infoQuery(bot.id));
  const setAgain = async () => {
    setBusy(true);
    try {
      const next = await body<Bot>(
        api.POST('/telegram/v1/bots/{id}/register_webhook/', { params: { path: { id: bot.id } } }),
      );
      told(next);
      const failed = next.webhook_status === 'FAILED';
      toast(failed ? t('wasNotSet', { why: next.webhook_error ?? '' }) : t('wasSet'), {
        kind: failed ? 'failed' : 'done',
      });
      await queryClient.invalidateQueries({ queryKey: ['bots', bot.id] });
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    setBusy(false);
  };
  if (isPending) return <Skeleton rows={6} />;
  if (!data) return <Failed error={error} title={t('infoFailed')} onRetry={() => void refetch()} />;
  const { ours, telegram } = data;
  const isPolling = ours.receive_mode === 'polling';
  const isSame = [...ours.allowed_updates].sort().join() === [...(telegram.allowed_updates ?? [])].sort().join();
  return (
    <Panel
      title={t('webhook')}
      about={isPolling ? t('noWebhook') : undefined}
      actions={
        <>
          <Chip tone={data.in_sync ? 'ok' : 'warn'}>{data.in_sync ? t('inSync') : t('outOfSync')}</Chip>
          {!isPolling && manages && (
            <Button variant="outline" busy={busy} onClick={setAgain}>
              {t('setAgain')}
            </Button>
          )}
        </>
      }
    >
      <div className="grid grid-cols-1 gap-6 md:grid-cols-2">
        <div>
          <h3 className="mb-2 text-xs font-medium text-fg-3">{t('ours')}</h3>
          <Facts
            rows={[
              [t('mode'), t(ours.receive_mode)],
              [t('address'), ours.url && <code className="font-mono text-xs break-all">{ours.url}</code>],
              [t('webhookError'), ours.webhook_error && <span className="text-bad">{ours.webhook_error}</span>],
              [t('kinds'), <Kinds key="k" kinds={ours.allowed_updates} />],
            ]}
          />
        </div>
        <div>
          <h3 className="mb-2 text-xs font-medium text-fg-3">{t('telegrams')}</h3>
          <Facts
            rows={[
              [t('waitingUpdates'), telegram.pending_update_count],
              [t('address'), telegram.url && <code className="font-mono text-xs break-all">{telegram.url}</code>],
              [t('ip'), telegram.ip_address],
              [t('connections'), telegram.max_connections],
              [
                t('lastError'),
                telegram.last_error_message && <span className="text-bad">{telegram.last_error_message}</span>,
              ],
              [
                t('kinds'),
                telegram.allowed_updates && (isSame ? t('sameKinds') : <Kinds kinds={telegram.allowed_updates} />),
              ],
            ]}
          />
        </div>
      </div>
    </Panel>
  );
}

const Kinds = ({ kinds }: { kinds: string[] }) => (
  <span className="flex flex-wrap gap-1">
    {kinds.map((kind) => (
      <Chip key={kind}>{kind}</Chip>
    ))}
  </span>
);
