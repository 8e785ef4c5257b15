import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { numberWebhookQuery, told, type WhatsappNumber } from '../../lib/whatsapp';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Copy } from '../../ui/copy';
import { Steps } from '../../ui/first-steps';
import { Facts, Panel } from '../../ui/panel';
import { Failed, NoPermission, Skeleton } from '../../ui/states';
import { post } from './health';
import { t } from './t';

/** Where Meta delivers, where it should, and what only a person can set up there. */
export function WebhookTab({ number }: { number: WhatsappNumber }) {
  const manages = useIsAtLeast('MANAGER');
  const [busy, setBusy] = useState(false);
  const { data, error, isPending, refetch } = useQuery({ ...numberWebhookQuery(number.id), enabled: manages });
  const setAgain = async () => {
    setBusy(true);
    try {
      const next = await post<WhatsappNumber>(`${number.id}/register_webhook/`);
      told(next);
      const failed = next.webhook_status === 'FAILED';
      toast(failed ? t('wasNotSet', { why: next.webhook_error ?? '' }) : t('wasSet'), {
        kind: failed ? 'failed' : 'done',
      });
      await queryClient.invalidateQueries({ queryKey: ['numbers', number.id] });
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    setBusy(false);
  };
  if (!manages) return <NoPermission who="Manager" />;
  if (isPending) return <Skeleton rows={6} />;
  if (!data) return <Failed error={error} title={t('infoFailed')} onRetry={() => void refetch()} />;
  return (
    <div className="space-y-5">
      <Panel
        title={t('webhook')}
        actions={
          <>
            <Chip tone={data.in_sync ? 'ok' : 'warn'}>{data.in_sync ? t('inSync') : t('outOfSync')}</Chip>
            <Button variant="outline" busy={busy} onClick={setAgain}>
              {t('setAgain')}
            </Button>
          </>
        }
      >
        <Facts
          rows={[
            [t('wanted'), <Value key="w" value={data.url} />],
            [t('atMeta'), data.meta_url && <code className="font-mono text-xs break-all">{data.meta_url}</code>],
            [t('webhookError'), data.webhook_error && <span className="text-bad">{data.webhook_error}</span>],
          ]}
        />
      </Panel>
      <Panel title={t('byHand')} about={data.steps.length ? t('byHandAbout') : t('byHandDone')}>
        <Facts
          rows={[
            [t('appAddress'), <Value key="a" value={data.application_url} />],
            [t('verifyToken'), <Value key="v" value={data.verify_token} />],
          ]}
        />
        {data.steps.length > 0 && <Steps steps={data.steps} />}
      </Panel>
    </div>
  );
}

const Value = ({ value }: { value: string }) => (
  <span className="flex flex-wrap items-center gap-2">
    <code className="min-w-0 font-mono text-xs break-all">{value}</code>
    <Copy value={value} />
  </span>
);
