import { useQuery } from '@tanstack/react-query';
import { Copy as CopyIcon, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { api, body, type Schemas } from '../../../lib/api';
import { useHotkeys } from '../../../lib/hotkeys';
import { Problem } from '../../../lib/problem';
import { exact } from '../../../lib/time';
import { toast } from '../../../lib/toasts';
import { Button } from '../../../ui/button';
import { Chip } from '../../../ui/chip';
import { Input } from '../../../ui/input';
import { Facts } from '../../../ui/panel';
import { Failed, Skeleton } from '../../../ui/states';
import { Json } from '../json';
import { t } from '../t';
import { RESULTS } from './deliveries';
import { DELIVERIES, type EndpointView, refresh, words } from './endpoints';

type Whole = Schemas['DeliveryDetailView'];
const LOOK_MS = 3_000;

/** One delivery: what is sent, and what came of each try. */
export function Delivery({ id, endpoints }: { id: string; endpoints: EndpointView[] }) {
  const [q, setQ] = useState('');
  const [busy, setBusy] = useState(false);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [...DELIVERIES, 'one', id],
    queryFn: ({ signal }) =>
      body<Whole>(
        api.GET('/webhooks/deliveries/{id}/', { params: { path: { id } }, signal }) as Promise<{ data?: Whole }>,
      ),
    refetchInterval: ({ state }) => (state.data?.status === 'PENDING' ? LOOK_MS : false),
  });
  const resend = async () => {
    setBusy(true);
    try {
      await api.POST('/webhooks/deliveries/{id}/resend/', { params: { path: { id } } });
      toast(t('resent'));
      void refresh();
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    setBusy(false);
  };
  const copy = async () => {
    await navigator.clipboard.writeText(JSON.stringify(data?.payload, null, 2));
    toast(t('copied'));
  };
  useHotkeys({ r: () => void resend(), c: () => void copy() }, !!data);
  if (isPending) return <Skeleton />;
  if (!data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <div className="space-y-5 p-5">
      <div className="flex flex-wrap items-center gap-2">
        <Chip tone={RESULTS[data.status]}>{t(data.status)}</Chip>
        <span className="flex-1" />
        <Button variant="outline" size="sm" onClick={copy}>
          <CopyIcon size={13} aria-hidden="true" />
          {t('copyJson')}
        </Button>
        <Button variant="outline" size="sm" busy={busy} onClick={resend}>
          <RotateCcw size={13} aria-hidden="true" />
          {t('resend')}
        </Button>
      </div>
      <Facts
        rows={[
          [t('url'), endpoints.find((one) => one.id === data.endpoint_id)?.url],
          [t('type'), words(data.event_type)],
          [
            'webhook-id',
            <code key="i" className="font-mono text-xs break-all">
              {data.message_id}
            </code>,
          ],
          [t('made'), exact(data.created_at)],
          [t('nextTry'), data.status === 'PENDING' && data.next_attempt_at && exact(data.next_attempt_at)],
          [t('arrived'), data.delivered_at && exact(data.delivered_at)],
        ]}
      />
      <Attempts attempts={data.attempts_log} />
      <div>
        <Input aria-label={t('search')} placeholder={t('search')} value={q} onChange={(e) => setQ(e.target.value)} />
        <div className="mt-3 overflow-x-auto rounded-lg bg-sunken py-3 ps-6 pe-3">
          <Json value={data.payload} find={q} />
        </div>
      </div>
    </div>
  );
}

function Attempts({ attempts }: { attempts: Schemas['AttemptView'][] }) {
  if (!attempts.length) return <p className="text-sm text-fg-3">{t('noAttempt')}</p>;
  const isGood = (status: number | null | undefined) => !!status && status >= 200 && status < 300;
  return (
    <section aria-label={t('attempts')}>
      <h3 className="mb-1.5 text-sm font-semibold">{t('attempts')}</h3>
      <ol className="space-y-2">
        {attempts.map((attempt) => (
          <li key={attempt.at} className="rounded-lg border border-line px-3 py-2 text-sm">
            <div className="flex flex-wrap items-center gap-2">
              <Chip tone={isGood(attempt.status) ? 'ok' : 'bad'}>{attempt.status ?? t('noAnswer')}</Chip>
              <time dateTime={attempt.at} className="text-xs text-fg-2">
                {exact(attempt.at)}
              </time>
              <span className="text-xs text-fg-3 tabular-nums">{attempt.duration_ms.toLocaleString()} ms</span>
            </div>
            {attempt.error && <p className="mt-1 text-xs text-bad">{attempt.error}</p>}
            {attempt.response && (
              <pre className="mt-1 max-h-32 overflow-auto font-mono text-xs break-all whitespace-pre-wrap text-fg-2">
                {attempt.response}
              </pre>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
