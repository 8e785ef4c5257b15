import { dateTime, lasting } from '../../lib/time';
import { Choices } from '../../ui/choices';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import type { Reach } from './audience-step';
import { length } from './broadcasts';
import type { Draft } from './draft';
import { t } from './t';

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
/** As `datetime-local` wants it: the local time without a zone. */
const local = (at: number) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const HOUR_MS = 3_600_000;

type Props = {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  reach: { data: Reach | undefined };
  errors: Record<string, string[]>;
};
export function ScheduleStep({ draft, onChange, reach, errors }: Props) {
  const at = draft.at ? local(new Date(draft.at).getTime()) : local(Date.now() + HOUR_MS);
  const seconds = reach.data?.duration_seconds;
  const begins = draft.when === 'at' && draft.at ? new Date(draft.at).getTime() : Date.now();
  return (
    <>
      <Choices
        label={t('when')}
        value={draft.when}
        onChange={(when) => onChange({ when, at: when === 'at' ? new Date(at).toISOString() : '' })}
        options={[
          { value: 'now', label: t('now') },
          { value: 'at', label: t('at') },
        ]}
      />
      {draft.when === 'at' && (
        <Field label={t('timeOf', { zone: zone() })} errors={errors.scheduled_time}>
          <Input
            type="datetime-local"
            value={at}
            min={local(Date.now())}
            onChange={(event) => event.target.value && onChange({ at: new Date(event.target.value).toISOString() })}
          />
        </Field>
      )}
      <fieldset className="space-y-1.5">
        <legend className="text-sm font-medium">{t('quiet')}</legend>
        <div className="flex items-center gap-2">
          <Input
            type="time"
            aria-label={`${t('quiet')}: ${t('quietFrom')}`}
            value={draft.quietFrom}
            onChange={(event) => onChange({ quietFrom: event.target.value })}
          />
          <span className="text-fg-3">–</span>
          <Input
            type="time"
            aria-label={`${t('quiet')}: ${t('quietTo')}`}
            value={draft.quietTo}
            onChange={(event) => onChange({ quietTo: event.target.value })}
          />
        </div>
        <p className={errors.quiet_hours ? 'text-xs text-bad' : 'text-xs text-fg-3'}>
          {errors.quiet_hours?.join(' ') ?? t('quietHint')}
        </p>
      </fieldset>
      <Field label={t('rateLimit')} hint={t('rateLimitHint')} errors={errors.rate_limit}>
        <Input value={draft.rate} placeholder="10/min" onChange={(event) => onChange({ rate: event.target.value })} />
      </Field>
      <div className="space-y-1 text-sm text-fg-2">
        {seconds !== undefined && (
          <p>
            {t('takes', { time: length(seconds, lasting) })}{' '}
            {seconds > 300 && t('done', { when: dateTime(begins + seconds * 1000) })}
          </p>
        )}
        <p className="text-fg-3">{t('pace')}</p>
      </div>
    </>
  );
}
