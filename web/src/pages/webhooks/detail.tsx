import { useQuery } from '@tanstack/react-query';
import { Copy as CopyIcon, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { exact, ms, utc } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Input } from '../../ui/input';
import { Facts } from '../../ui/panel';
import { Failed, Skeleton } from '../../ui/states';
import { TONES } from './incoming';
import { Json } from './json';
import { t } from './t';

type Whole = Schemas['EventView'] & { payload: unknown };

/** One event: when it came, what became of it, and every field of it. */
export function Detail({ id, nameOfBot }: { id: string; nameOfBot: (id: string) => string }) {
  const manages = useIsAtLeast('MANAGER');
  const [q, setQ] = useState('');
  const [busy, setBusy] = useState(false);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['webhooks', 'one', id],
    queryFn: ({ signal }) =>
      body<Whole>(
        api.GET('/telegram/v1/webhook-events/{id}/', { params: { path: { id } }, signal }) as Promise<{ data?: Whole }>,
      ),
  });
  const replay = async () => {
    setBusy(true);
    try {
      await api.POST('/telegram/v1/webhook-events/{id}/retry/', { params: { path: { id } } });
      toast(t('replayed'));
      void queryClient.invalidateQueries({ queryKey: ['webhooks'] });
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    setBusy(false);
  };
  const copy = async () => {
    await navigator.clipboard.writeText(JSON.stringify(data?.payload, null, 2));
    toast(t('copied'));
  };
  useHotkeys({ ...(manages && { r: () => void replay() }), c: () => void copy() }, !!data);
  if (isPending) return <Skeleton />;
  if (!data) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <div className="space-y-5 p-5">
      <div className="flex flex-wrap items-center gap-2">
        <Chip tone={TONES[data.status]}>{t(data.status)}</Chip>
        <span className="flex-1" />
        <Button variant="outline" size="sm" onClick={copy}>
          <CopyIcon size={13} aria-hidden="true" />
          {t('copyJson')}
        </Button>
        {manages && (
          <Button variant="outline" size="sm" busy={busy} onClick={replay}>
            <RotateCcw size={13} aria-hidden="true" />
            {t('replay')}
          </Button>
        )}
      </div>
      {data.error_message && (
        <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">{data.error_message}</p>
      )}
      <Facts
        rows={[
          [t('bot'), nameOfBot(data.bot_app_id)],
          [t('type'), data.event_type],
          [t('updateId'), String(data.update_id)],
          [t('local'), exact(data.created_at)],
          [
            t('utc'),
            <span key="u" className="tabular-nums">
              {utc(data.created_at)}
            </span>,
          ],
          [
            t('took'),
            data.processed_at && `${Math.max(0, ms(data.processed_at) - ms(data.created_at)).toLocaleString()} ms`,
          ],
        ]}
      />
      <div>
        <Input aria-label={t('search')} placeholder={t('search')} value={q} onChange={(e) => setQ(e.target.value)} />
        <div className="mt-3 overflow-x-auto rounded-lg bg-sunken py-3 ps-6 pe-3">
          <Json value={data.payload} find={q} />
        </div>
      </div>
    </div>
  );
}
