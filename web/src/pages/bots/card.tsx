import { Link } from '@tanstack/react-router';
import { count } from '../../lib/time';
import { Avatar } from '../../ui/avatar';
import { Chip } from '../../ui/chip';
import { Gauge } from '../../ui/progress';
import { TelegramMark } from '../../ui/telegram-mark';
import { type Bot, healthOf, resetTime } from './bots';
import { t } from './t';

/** A bot at a glance: whether it is well, how it hears, how much of its day is used. */
export function Card({ bot }: { bot: Bot }) {
  const health = healthOf(bot);
  return (
    <Link
      to={`/bots/${bot.id}`}
      className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4 transition-colors hover:border-line-2 hover:bg-sunken/50"
    >
      <span className="flex items-start gap-3">
        <Avatar name={bot.name} id={bot.id} size={40}>
          <TelegramMark className="absolute -end-0.5 -bottom-0.5 size-4 rounded-full ring-2 ring-surface" />
        </Avatar>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium" dir="auto">
            {bot.name}
          </span>
          <span className="block truncate text-sm text-fg-3">@{bot.bot_username}</span>
        </span>
        <Chip tone={health.tone}>{t(health.key)}</Chip>
      </span>
      {bot.webhook_error && <span className="line-clamp-2 text-xs text-bad">{bot.webhook_error}</span>}
      <span className="mt-auto block space-y-1.5">
        <span className="flex justify-between gap-2 text-xs text-fg-2 tabular-nums">
          <span>{t('today', { sent: count(bot.messages_sent_today), limit: count(bot.daily_limit) })}</span>
          <span className="text-fg-3">{resetTime()}</span>
        </span>
        <Gauge label={t('gauge')} value={bot.messages_sent_today} max={bot.daily_limit} />
      </span>
      <span className="flex gap-1.5">
        <Chip>{t(bot.receive_mode)}</Chip>
        <Chip>{t('rate', { rate: bot.effective_rate_limit })}</Chip>
      </span>
    </Link>
  );
}
