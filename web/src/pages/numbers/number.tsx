import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { queryClient } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { numberQuery } from '../../lib/whatsapp';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Missing } from '../../ui/missing';
import { Page } from '../../ui/page';
import { SenderHead } from '../../ui/sender';
import { Tabs } from '../../ui/tabs';
import { Back } from './back';
import { post, senderOf } from './health';
import { HealthTab } from './health-tab';
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
  const query = useQuery(numberQuery(id));
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
  const number = query.data;
  if (!number) return <Missing title={t('title')} back={<Back />} query={query} gone={t('gone')} />;
  const chosen = TABS.find((one) => one === tab) ?? 'health';
  const show = (next: Tab) => setFilter({ tab: next === 'health' ? '' : next });
  return (
    <Page
      title={number.name}
      back={<Back />}
      actions={
        manages && (
          <Button variant="outline" busy={busy} onClick={recheck}>
            <RefreshCw size={14} aria-hidden="true" />
            {t('recheck')}
          </Button>
        )
      }
    >
      <div className="mx-auto max-w-4xl space-y-5 p-4 md:p-6">
        <SenderHead sender={senderOf(number)} />
        <Tabs label={t('tabs')} value={chosen} onChange={show} tabs={TABS.map((key) => ({ key, label: t(key) }))} />
        {chosen === 'health' && <HealthTab number={number} />}
        {chosen === 'webhook' && <WebhookTab number={number} />}
        {chosen === 'settings' && <SettingsTab number={number} />}
      </div>
    </Page>
  );
}
