import { Plus, Webhook } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useFresh } from '../../../lib/fresh';
import { useHotkeys } from '../../../lib/hotkeys';
import { useFilters } from '../../../lib/search';
import { useOffer } from '../../../shell/commands';
import { Button } from '../../../ui/button';
import { Page } from '../../../ui/page';
import { Side } from '../../../ui/side';
import { Empty, Failed, NoPermission, Skeleton } from '../../../ui/states';
import { t } from '../t';
import { Deliveries } from './deliveries';
import { Delivery } from './delivery';
import { Endpoint } from './endpoint';
import { EndpointForm } from './endpoint-form';
import { EndpointRow } from './endpoint-row';
import { ENDPOINTS, useEndpoints } from './endpoints';

/** The tab of what we tell the tenant's own systems: where to, how that goes, and each delivery. */
export function Outgoing({ tabs, allowed }: { tabs: ReactNode; allowed: boolean }) {
  const [{ endpoint = '', delivery = '' }, setFilter] = useFilters();
  const [making, setMaking] = useState(false);
  const { endpoints, query } = useEndpoints(allowed);
  const make = () => setMaking(true);
  useFresh('webhook_endpoint_disabled', ENDPOINTS);
  useHotkeys({ n: make }, allowed);
  useOffer('webhooks', {
    commands: allowed
      ? [{ id: 'new-endpoint', group: t('title'), label: t('newEndpoint'), keys: 'N', icon: Plus, run: make }]
      : [],
    shortcuts: [
      {
        group: t('title'),
        rows: [
          ['N', t('newEndpoint')],
          ['J K', t('keysMove')],
          ['R', t('resend')],
          ['C', t('keysCopy')],
        ],
      },
    ],
  });
  const chosen = endpoints.find((one) => one.id === endpoint);
  const add = (
    <Button variant="primary" onClick={make}>
      <Plus size={15} aria-hidden="true" /> {t('newEndpoint')}
    </Button>
  );
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1">
        <Page
          title={t('title')}
          about={t('aboutOut')}
          actions={
            <>
              {tabs}
              {allowed && endpoints.length > 0 && add}
            </>
          }
        >
          {!allowed ? (
            <NoPermission who="Admin" />
          ) : query.isPending ? (
            <Skeleton />
          ) : query.isError ? (
            <Failed error={query.error} onRetry={() => void query.refetch()} />
          ) : !endpoints.length ? (
            <Empty
              icon={<Webhook size={34} strokeWidth={1.4} />}
              title={t('noEndpoint')}
              about={t('noEndpointAbout')}
              action={add}
            />
          ) : (
            <div className="flex h-full min-h-0 flex-col">
              <ul aria-label={t('endpoints')} className="max-h-[40%] shrink-0 overflow-y-auto border-b border-line">
                {endpoints.map((one) => (
                  <EndpointRow
                    key={one.id}
                    endpoint={one}
                    chosen={one.id === endpoint}
                    onOpen={() => setFilter({ endpoint: one.id, delivery: '' })}
                  />
                ))}
              </ul>
              <Deliveries endpoints={endpoints} />
            </div>
          )}
        </Page>
      </div>
      {allowed && delivery ? (
        <Side
          key={delivery}
          title={t('delivery')}
          onClose={() => setFilter({ delivery: '' })}
          width="w-[min(560px,45vw)]"
        >
          <Delivery id={delivery} endpoints={endpoints} />
        </Side>
      ) : (
        chosen && (
          <Side key={chosen.id} title={t('endpoint')} onClose={() => setFilter({ endpoint: '' })}>
            <Endpoint endpoint={chosen} onGone={() => setFilter({ endpoint: '' })} />
          </Side>
        )
      )}
      {making && <EndpointForm onClose={() => setMaking(false)} />}
    </div>
  );
}
