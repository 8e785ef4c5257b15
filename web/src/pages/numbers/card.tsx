import { count } from '../../lib/time';
import type { WhatsappNumber } from '../../lib/whatsapp';
import { Chip } from '../../ui/chip';
import { Gauge } from '../../ui/progress';
import { SenderCard } from '../../ui/sender';
import { QUALITY, senderOf } from './health';
import { t } from './t';

/** A number at a glance: whether it is well, what Meta thinks of it, how much of its day is used. */
export const Card = ({ number }: { number: WhatsappNumber }) => (
  <SenderCard sender={senderOf(number)} to={`/numbers/${number.id}`} trouble={number.webhook_error}>
    <span className="mt-auto block space-y-1.5">
      <span className="block text-xs text-fg-2 tabular-nums">
        {t('today', { sent: count(number.messages_sent_today), limit: count(number.daily_limit) })}
      </span>
      <Gauge label={t('gauge')} value={number.messages_sent_today} max={number.daily_limit} />
    </span>
    <span className="flex flex-wrap gap-1.5">
      {number.quality_rating && (
        <Chip tone={QUALITY[number.quality_rating] ?? 'plain'}>
          {t('quality')}: {number.quality_rating.toLowerCase()}
        </Chip>
      )}
      <Chip>{t('rate', { rate: number.effective_rate_limit })}</Chip>
    </span>
  </SenderCard>
);
