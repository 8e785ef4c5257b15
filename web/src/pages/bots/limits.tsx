import { useIsAtLeast } from '../../lib/session';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { SavedForm } from '../../ui/saved-form';
import { type Bot, changeBot } from './bots';
import { t } from './t';

export function LimitsTab({ bot }: { bot: Bot }) {
  const manages = useIsAtLeast('MANAGER');
  const save = (given: FormData) => {
    const rate = String(given.get('rate_limit') ?? '').trim();
    const daily = String(given.get('daily_limit') ?? '').trim();
    return changeBot(bot.id, {
      // What is no number goes as it is, so that the server's sentence about it shows.
      daily_limit: (/^\d+$/.test(daily) ? Number(daily) : daily) as number,
      rate_limit: rate || null,
    });
  };
  return (
    <Panel title={t('limits')} about={t('whatCounts')}>
      <SavedForm id="limits" locked={manages ? undefined : t('ownerOnly')} onSave={save}>
        {(errors) => (
          <>
            <Field label={t('daily')} hint={t('dailyHint')} errors={errors.daily_limit}>
              <Input name="daily_limit" inputMode="numeric" defaultValue={bot.daily_limit} disabled={!manages} />
            </Field>
            <Field
              label={t('ownRate')}
              hint={t('ownRateHint', { rate: bot.effective_rate_limit })}
              errors={errors.rate_limit}
            >
              <Input name="rate_limit" defaultValue={bot.rate_limit ?? ''} disabled={!manages} />
            </Field>
          </>
        )}
      </SavedForm>
    </Panel>
  );
}
