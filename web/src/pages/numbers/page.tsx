import { useNavigate } from '@tanstack/react-router';
import { Plus, Smartphone } from 'lucide-react';
import { request } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useListing } from '../../lib/listing';
import { useIsAtLeast } from '../../lib/session';
import type { WhatsappNumber } from '../../lib/whatsapp';
import { useOffer } from '../../shell/commands';
import { AddLink } from '../../ui/add-link';
import { Cards } from '../../ui/cards';
import { FirstSteps } from '../../ui/first-steps';
import { Loaded } from '../../ui/loaded';
import { Page } from '../../ui/page';
import { Skeleton } from '../../ui/states';
import { Card } from './card';
import { healthOf } from './health';
import { t } from './t';

export default function NumbersPage() {
  const navigate = useNavigate();
  const manages = useIsAtLeast('MANAGER');
  const { rows, query, more } = useListing<WhatsappNumber>(
    ['numbers', 'list'],
    async ({ cursor, signal }) => {
      const asked = new URLSearchParams({ page_size: '100', ...(cursor && { cursor }) });
      return { data: await request(`/whatsapp/v1/numbers/?${asked}`, { signal }) };
    },
    { refetchInterval: () => 15_000 },
  );
  const add = () => void navigate({ to: '/numbers/new' });
  useHotkeys({ n: add }, manages);
  useOffer('numbers', {
    commands: manages
      ? [{ id: 'add-number', group: t('title'), label: t('add'), keys: 'N', icon: Plus, run: add }]
      : [],
    shortcuts: [{ group: t('title'), rows: [['N', t('add')]] }],
  });
  const sorted = [...rows].sort((a, b) => healthOf(a).rank - healthOf(b).rank);
  const isEmpty = !query.isPending && !query.isError && !rows.length;
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={manages && !isEmpty && <AddLink to="/numbers/new" label={t('add')} />}
    >
      <Loaded query={query} rows={rows} skeleton={<Skeleton rows={4} height={88} />}>
        {isEmpty ? (
          <First manages={manages} />
        ) : (
          <Cards
            rows={sorted}
            id={(number) => number.id}
            card={(number) => <Card number={number} />}
            more={query.hasNextPage ? { label: t('showMore'), run: more } : undefined}
          />
        )}
      </Loaded>
    </Page>
  );
}

/** No number yet: what to fetch at Meta, step by step. */
const First = ({ manages }: { manages: boolean }) => (
  <FirstSteps icon={Smartphone} title={t('noneTitle')} steps={[t('none1'), t('none2'), t('none3')]}>
    {manages ? <AddLink to="/numbers/new" label={t('add')} /> : <p className="text-sm text-fg-3">{t('ownerOnly')}</p>}
  </FirstSteps>
);
