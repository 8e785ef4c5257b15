import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { Tabs } from '../../ui/tabs';
import { Incoming } from './incoming';
import { Outgoing } from './outgoing';
import { t } from './t';

/** What Telegram told us, and what we tell the tenant's own systems. */
export default function WebhooksPage() {
  const [{ tab }, setFilter] = useFilters();
  const administers = useIsAtLeast('ADMIN');
  const shown = tab === 'out' ? 'out' : 'in';
  // Filters of one tab mean nothing to the other.
  const none = { bot: '', type: '', status: '', event: '', endpoint: '', kind: '', result: '', delivery: '' };
  const tabs = (
    <Tabs
      label={t('title')}
      value={shown}
      onChange={(key) => setFilter({ ...none, tab: key === 'out' ? key : '' }, false)}
      tabs={[
        { key: 'in', label: t('incoming') },
        { key: 'out', label: t('outgoing') },
      ]}
    />
  );
  return shown === 'out' ? <Outgoing tabs={tabs} allowed={administers} /> : <Incoming tabs={tabs} />;
}
