import { useQuery } from '@tanstack/react-query';
import { request } from '../../lib/api';
import { count, dateTime, relative } from '../../lib/time';
import { Facts, Panel, Stat } from '../../ui/panel';
import { Gauge } from '../../ui/progress';
import { Failed, Skeleton } from '../../ui/states';
import type { Bot } from './bots';
import { t } from './t';

type Depth = { waiting: number; sending: number };
type Queue = {
  is_token_revoked: boolean;
  replies: Depth;
  broadcasts: Depth;
  recipients_waiting: number;
  rate_limit: string;
  rate_used: number;
  broadcasts_per_minute: number;
  learnt_ceiling: number | null;
  paused_until: string | null;
  paused_chats: { chat_id: number; until: string }[];
  waiting_for: { waiting_for: string; until: string }[];
  estimated_empty_at: string | null;
  node: string | null;
};
const LOOK_MS = 2_000;
const REASONS = ['bot_rate', 'chat_rate', 'retry_after', 'daily_limit', 'schedule', 'back_off'] as const;

/** What waits, why, and until when. */
export function QueueTab({ bot }: { bot: Bot }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['bots', bot.id, 'queue'],
    queryFn: ({ signal }) => request<Queue>(`/telegram/v1/bots/${bot.id}/queue/`, { signal }),
    refetchInterval: LOOK_MS,
    retry: false,
  });
  if (isPending) return <Skeleton rows={4} />;
  if (!data) return <Failed error={error} onRetry={() => void refetch()} />;
  const window = Number.parseInt(data.rate_limit, 10) || 1;
  return (
    <div className="space-y-5">
      <Panel title={t('queue')} about={t('queueAbout')}>
        <dl className="grid grid-cols-2 gap-5 md:grid-cols-4">
          <Stat label={t('replies')} value={count(data.replies.waiting)} />
          <Stat label={t('ofBroadcasts')} value={count(data.broadcasts.waiting)} />
          <Stat label={t('notQueued')} value={count(data.recipients_waiting)} />
          <Stat label={t('sending')} value={count(data.replies.sending + data.broadcasts.sending)} />
        </dl>
        <p className="mt-5 mb-1.5 flex justify-between text-xs text-fg-2 tabular-nums">
          <span>{t('window', { used: count(data.rate_used), limit: data.rate_limit })}</span>
          <span className="text-fg-3">{t('pace', { n: Math.round(data.broadcasts_per_minute * 10) / 10 })}</span>
        </p>
        <Gauge label={t('windowGauge')} value={data.rate_used} max={window} />
      </Panel>
      <Panel title={t('holds')}>
        {!data.waiting_for.length && !data.paused_chats.length ? (
          <p className="text-sm text-fg-3">{t('free')}</p>
        ) : (
          <ul className="space-y-1.5 text-sm">
            {data.waiting_for.map((one) => (
              <li key={one.waiting_for} className="flex justify-between gap-4">
                <span>{reason(one.waiting_for)}</span>
                <time title={dateTime(one.until)} className="text-fg-2">
                  {relative(one.until)}
                </time>
              </li>
            ))}
            {data.paused_chats.map((one) => (
              <li key={one.chat_id} className="flex justify-between gap-4">
                <span>{t('pausedChat', { id: String(one.chat_id) })}</span>
                <time title={dateTime(one.until)} className="text-fg-2">
                  {relative(one.until)}
                </time>
              </li>
            ))}
          </ul>
        )}
        <div className="mt-4">
          <Facts
            rows={[
              [t('ceiling'), data.learnt_ceiling !== null && `${Math.round(data.learnt_ceiling * 100)} %`],
              [t('emptyAt'), data.estimated_empty_at && dateTime(data.estimated_empty_at)],
              [t('node'), data.node],
            ]}
          />
        </div>
      </Panel>
    </div>
  );
}

function reason(key: string) {
  const known = REASONS.find((one) => one === key);
  return known ? t(known) : key.replaceAll('_', ' ');
}
