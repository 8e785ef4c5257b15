import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body, type Schemas } from '../../lib/api';
import { count, dateTime, exact, relative } from '../../lib/time';
import { Facts, Panel, Stat } from '../../ui/panel';
import { Gauge } from '../../ui/progress';
import { Skeleton } from '../../ui/states';
import { type Bot, infoQuery, resetTime } from './bots';
import { Day } from './day';
import { t } from './t';

type Failed = Schemas['MessageView'];

/** How it is doing now, and what went wrong lately. */
export function HealthTab({ bot }: { bot: Bot }) {
  const info = useQuery(infoQuery(bot.id));
  const telegram = info.data?.telegram;
  return (
    <div className="space-y-5">
      <Panel>
        <dl className="grid grid-cols-2 gap-5 md:grid-cols-4">
          <Stat label={t('sentToday')} value={count(bot.messages_sent_today)} />
          <Stat label={t('daily')} value={count(bot.daily_limit)} />
          <Stat label={t('effective')} value={bot.effective_rate_limit} />
          <Stat
            label={t('waitingUpdates')}
            value={telegram ? count(telegram.pending_update_count) : '–'}
            tone={(telegram?.pending_update_count ?? 0) > 100 ? 'text-warn' : ''}
          />
        </dl>
        <Gauge label={t('gauge')} value={bot.messages_sent_today} max={bot.daily_limit} className="mt-4" />
        <p className="mt-1.5 text-xs text-fg-3">{resetTime()}</p>
      </Panel>
      <Day bot={bot} />
      <Panel title={t('state')}>
        <Facts
          rows={[
            [t('username'), `@${bot.bot_username}`],
            [
              t('telegramId'),
              <span key="id" className="tabular-nums">
                {bot.bot_user_id}
              </span>,
            ],
            [t('mode'), t(bot.receive_mode)],
            [t('webhookError'), bot.webhook_error && <span className="text-bad">{bot.webhook_error}</span>],
            [
              t('lastError'),
              telegram?.last_error_message && (
                <span className="text-bad">
                  {telegram.last_error_message}
                  {telegram.last_error_date && (
                    <time dateTime={telegram.last_error_date} title={exact(telegram.last_error_date)}>
                      {' · '}
                      {relative(telegram.last_error_date)}
                    </time>
                  )}
                </span>
              ),
            ],
            [t('since'), dateTime(bot.created_at)],
            [
              '',
              <Link key="e" to="/webhooks" search={{ bot: bot.id } as never} className="text-accent-text underline">
                {t('events')}
              </Link>,
            ],
          ]}
        />
      </Panel>
      <LastFailed bot={bot} />
    </div>
  );
}

function LastFailed({ bot }: { bot: Bot }) {
  const query = { bot_app_id: bot.id, status: 'FAILED', page_size: 5 } as const;
  const { data, isPending } = useQuery({
    queryKey: ['bots', bot.id, 'failed'],
    queryFn: ({ signal }) =>
      body<Schemas['Listing_MessageView']>(api.GET('/telegram/v1/messages/', { params: { query }, signal })),
    refetchInterval: 30_000,
  });
  const failed = (data?.results ?? []) as Failed[];
  return (
    <Panel title={t('lastFailed')}>
      {isPending ? (
        <Skeleton rows={2} />
      ) : !failed.length ? (
        <p className="text-sm text-fg-3">{t('noFailed')}</p>
      ) : (
        <ul className="divide-y divide-line text-sm">
          {failed.map((message) => (
            <li key={message.id} className="flex items-baseline gap-x-3 gap-y-0.5 py-2 max-md:flex-wrap">
              <span className="min-w-0 flex-1 truncate max-md:basis-full" dir="auto">
                {message.text ?? message.content.type}
              </span>
              <span className="min-w-0 truncate text-bad max-md:flex-1">
                {message.error_message ?? message.error_code}
              </span>
              <time
                dateTime={message.created_at}
                title={exact(message.created_at)}
                className="shrink-0 text-xs text-fg-3"
              >
                {relative(message.created_at)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
