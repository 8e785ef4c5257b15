import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useFilters } from '../../lib/search';
import { toast } from '../../lib/toasts';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Missing } from '../../ui/missing';
import { Page } from '../../ui/page';
import { SenderHead } from '../../ui/sender';
import { Tabs } from '../../ui/tabs';
import { Back } from './back';
import { botQuery, isConflict, isRevoked, senderOf } from './bots';
import { HealthTab } from './health';
import { LimitsTab } from './limits';
import { QueueTab } from './queue';
import { SettingsTab } from './settings';
import { t } from './t';
import { WebhookTab } from './webhook';

const TABS = ['health', 'queue', 'webhook', 'limits', 'settings'] as const;
type Tab = (typeof TABS)[number];

export default function BotPage() {
  const { id = '' } = useParams({ strict: false });
  const [{ tab = 'health' }, setFilter] = useFilters();
  const query = useQuery(botQuery(id));
  const [busy, setBusy] = useState(false);
  const recheck = async () => {
    setBusy(true);
    try {
      const proof = await body<Schemas['ProofView']>(
        api.POST('/telegram/v1/bots/{id}/test_auth/', { params: { path: { id } } }),
      );
      toast(proof.ok ? t('tokenGood') : t('tokenBad', { why: proof.error_message ?? '' }), {
        kind: proof.ok ? 'done' : 'failed',
      });
    } catch (failure) {
      toast((failure as Error).message, { kind: 'failed' });
    }
    void queryClient.invalidateQueries({ queryKey: ['bots', id] });
    setBusy(false);
  };
  useHotkeys({ r: () => void recheck() });
  useOffer('bot', { shortcuts: [{ group: t('title'), rows: [['R', t('recheck')]] }] });
  const bot = query.data;
  if (!bot) return <Missing title={t('title')} back={<Back />} query={query} gone={t('gone')} />;
  const chosen = TABS.find((one) => one === tab) ?? 'health';
  const show = (next: Tab) => setFilter({ tab: next === 'health' ? '' : next });
  return (
    <Page
      title={bot.name}
      back={<Back />}
      actions={
        <Button variant="outline" busy={busy} onClick={recheck}>
          <RefreshCw size={14} aria-hidden="true" />
          {t('recheck')}
        </Button>
      }
    >
      <div className="mx-auto max-w-4xl space-y-5 p-4 md:p-6">
        <SenderHead sender={senderOf(bot)} />
        {isRevoked(bot) && (
          <Banner words={t('revoked')} action={t('pasteNew')} onAct={() => show('settings')} tone="bad" />
        )}
        {isConflict(bot) && (
          <Banner words={t('conflict')} action={t('webhook')} onAct={() => show('webhook')} tone="warn" />
        )}
        <Tabs label={t('tabs')} value={chosen} onChange={show} tabs={TABS.map((key) => ({ key, label: t(key) }))} />
        {chosen === 'health' && <HealthTab bot={bot} />}
        {chosen === 'queue' && <QueueTab bot={bot} />}
        {chosen === 'webhook' && <WebhookTab bot={bot} />}
        {chosen === 'limits' && <LimitsTab bot={bot} />}
        {chosen === 'settings' && <SettingsTab bot={bot} />}
      </div>
    </Page>
  );
}

type BannerProps = { words: string; action: string; onAct: () => void; tone: 'bad' | 'warn' };
const Banner = ({ words, action, onAct, tone }: BannerProps) => (
  <div
    role="alert"
    className={`flex flex-wrap items-center gap-3 rounded-xl px-4 py-3 text-sm ${tone === 'bad' ? 'bg-bad-soft text-bad' : 'bg-warn-soft text-warn'}`}
  >
    <span className="min-w-0 flex-1">{words}</span>
    <button type="button" onClick={onAct} className="font-semibold underline">
      {action}
    </button>
  </div>
);
