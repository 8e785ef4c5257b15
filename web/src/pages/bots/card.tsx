import { count } from '../../lib/time';
import { Chip } from '../../ui/chip';
import { Gauge } from '../../ui/progress';
import { SenderCard } from '../../ui/sender';
import { type Bot, resetTime, senderOf } from './bots';
import { t } from './t';

/** A bot at a glance: whether it is well, how it hears, how much of its day is used. */
export const Card = ({ bot }: { bot: Bot }) => (
  <SenderCard sender={senderOf(bot)} to={`/bots/${bot.id}`} trouble={bot.webhook_error}>
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
  </SenderCard>
);
