import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { queryClient } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { count, exact, relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { numberQuery, type WhatsappNumber } from '../../lib/whatsapp';
import { useOffer } from '../../shell/commands';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Page } from '../../ui/page';
import { Facts, Panel } from '../../ui/panel';
import { Gauge } from '../../ui/progress';
import { Failed, Skeleton } from '../../ui/states';
import { Tabs } from '../../ui/tabs';
import { WhatsappMark } from '../../ui/whatsapp-mark';
import { Back } from './add';
import { healthOf, post, QUALITY } from './health';
import { SettingsTab } from './settings';
import { t } from './t';
import { WebhookTab } from './webhook';

const TABS = ['health', 'webhook', 'settings'] as const;
type Tab = (typeof TABS)[number];
type Proof = { ok: boolean; number_status: string | null; error_message: string | null };

export default function NumberPage() {
  const { id = '' } = useParams({ strict: false });
  const [{ tab = 'health' }, setFilter] = useFilters();
  const manages = useIsAtLeast('MANAGER');
  const { data: number, error, isPending, refetch } = useQuery(numberQuery(id));
  const [busy, setBusy] = useState(false);
  const recheck = async () => {
    setBusy(true);
    try {
      const proof = await post<Proof>(`${id}/test_auth/`);
      const words = proof.ok
        ? t('tokenGood', { status: (proof.number_status ?? '').toLowerCase() })
        : t('tokenBad', { why: proof.error_message ?? '' });
      toast(words, { kind: proof.ok ? 'done' : 'failed' });
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    void queryClient.invalidateQueries({ queryKey: ['numbers', id] });
    setBusy(false);
  };
  useHotkeys({ r: () => void recheck() }, manages);
  useOffer('number', { shortcuts: [{ group: t('title'), rows: [['R', t('recheck')]] }] });
  if (isPending || !number)
    return (
      <Page title={t('title')} actions={<Back />}>
        {isPending ? (
          <Skeleton />
        ) : (
          <Failed
            error={error}
            {...(error && 'status' in error && error.status === 404 ? { title: t('gone') } : {})}
            onRetry={() => void refetch()}
          />
        )}
      </Page>
    );
  const health = healthOf(number);
  const chosen = TABS.find((one) => one === tab) ?? 'health';
  const show = (next: Tab) => setFilter({ tab: next === 'health' ? '' : next });
  return (
    <Page
      title={number.name}
      actions={
        <>
          <Back />
          {manages && (
            <Button variant="outline" busy={busy} onClick={recheck}>
              <RefreshCw size={14} aria-hidden="true" />
              {t('recheck')}
            </Button>
          )}
        </>
      }
    >
      <div className="mx-auto max-w-4xl space-y-5 p-4 md:p-6">
        <div className="flex flex-wrap items-center gap-4">
          <Avatar name={number.name} id={number.id} size={52}>
            <WhatsappMark className="absolute -end-0.5 -bottom-0.5 size-5 rounded-full ring-2 ring-surface" />
          </Avatar>
          <div className="min-w-0 flex-1">
            <p className="truncate text-lg font-semibold" dir="auto">
              {number.verified_name}
            </p>
            <p className="text-sm text-fg-3 tabular-nums">{number.display_phone_number}</p>
          </div>
          <Chip tone={health.tone}>{t(health.key)}</Chip>
        </div>
        <Tabs label={t('tabs')} value={chosen} onChange={show} tabs={TABS.map((key) => ({ key, label: t(key) }))} />
        {chosen === 'health' && <HealthTab number={number} />}
        {chosen === 'webhook' && <WebhookTab number={number} />}
        {chosen === 'settings' && <SettingsTab number={number} />}
      </div>
    </Page>
  );
}

function HealthTab({ number }: { number: WhatsappNumber }) {
  const quality = number.quality_rating;
  return (
    <div className="space-y-5">
      <Panel title={t('health')}>
        <Facts
          rows={[
            [t('quality'), quality && <Chip tone={QUALITY[quality] ?? 'plain'}>{quality.toLowerCase()}</Chip>],
            [t('webhookError'), number.webhook_error && <span className="text-bad">{number.webhook_error}</span>],
            [t('rateInForce'), number.effective_rate_limit],
            [t('window'), t('windowHours', { n: number.window_hours })],
            [t('phone_number_id'), <code key="p">{number.phone_number_id}</code>],
            [t('waba_id'), <code key="w">{number.waba_id}</code>],
            [
              t('since'),
              <time key="s" title={exact(number.created_at)}>
                {relative(number.created_at)}
              </time>,
            ],
          ]}
        />
      </Panel>
      <Panel title={t('sentToday')} about={t('sentTodayAbout')}>
        <p className="mb-2 text-sm tabular-nums">
          {t('today', { sent: count(number.messages_sent_today), limit: count(number.daily_limit) })}
        </p>
        <Gauge label={t('gauge')} value={number.messages_sent_today} max={number.daily_limit} />
      </Panel>
      <p className="text-sm">
        <Link to="/templates" className="font-medium text-accent-text underline">
          {t('toTemplates')}
        </Link>
      </p>
    </div>
  );
}
