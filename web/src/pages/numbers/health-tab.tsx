import { Link } from '@tanstack/react-router';
import { count, exact, relative } from '../../lib/time';
import type { WhatsappNumber } from '../../lib/whatsapp';
import { Chip } from '../../ui/chip';
import { Facts, Panel } from '../../ui/panel';
import { Gauge } from '../../ui/progress';
import { QUALITY } from './health';
import { t } from './t';

/** How a number is doing, and how much of its day is used. */
export function HealthTab({ number }: { number: WhatsappNumber }) {
  const quality = number.quality_rating;
  return (
    <div className="space-y-5">
      <Panel title={t('health')}>
        <Facts
          rows={[
            [t('quality'), quality && <Chip tone={QUALITY[quality] ?? 'plain'}>{quality.toLowerCase()}</Chip>],
            [t('webhookError'), number.webhook_error && <span className="text-bad">{number.webhook_error}</span>],
            [t('rateInForce'), number.effective_rate_limit],
            [t('window'), t('windowHours', { n: number.window_hours })],
            [t('phone_number_id'), <code key="p">{number.phone_number_id}</code>],
            [t('waba_id'), <code key="w">{number.waba_id}</code>],
            [
              t('since'),
              <time key="s" title={exact(number.created_at)}>
                {relative(number.created_at)}
              </time>,
            ],
          ]}
        />
      </Panel>
      <Panel title={t('sentToday')} about={t('sentTodayAbout')}>
        <p className="mb-2 text-sm tabular-nums">
          {t('today', { sent: count(number.messages_sent_today), limit: count(number.daily_limit) })}
        </p>
        <Gauge label={t('gauge')} value={number.messages_sent_today} max={number.daily_limit} />
      </Panel>
      <p className="text-sm">
        <Link to="/templates" className="font-medium text-accent-text underline">
          {t('toTemplates')}
        </Link>
      </p>
    </div>
  );
}
