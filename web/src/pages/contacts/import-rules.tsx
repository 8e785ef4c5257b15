import { Choices } from '../../ui/choices';
import { Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import { TagInput } from '../../ui/tag-input';
import type { Import } from './contacts';
import type { Settings } from './import-draft';
import { t } from './t';

const KEYS = ['phone', 'email', 'telegram_chat_id', 'telegram_username', 'id'] as const;
const POLICIES = ['update', 'fill_empty', 'skip'] as const;

/** Whom a row means, and what becomes of those who are known. */
export function Rules({ run, onSettings }: { run: Import; onSettings: (change: Settings) => void }) {
  const isThere = (key: string) => run.columns.some((column) => column.target === key);
  // A key that no column holds would make everybody new.
  const keys = KEYS.filter((key) => isThere(key) || run.match_by === key);
  return (
    <Panel title={t('s3')}>
      <div className="space-y-5">
        <Field label={t('matchBy')}>
          <Select
            value={run.match_by ?? ''}
            onChange={(key) => onSettings({ match_by: key || null })}
            options={[
              { value: '', label: t('matchSurest') },
              ...keys.map((value) => ({ value, label: value.replaceAll('_', ' ') })),
            ]}
            className="w-full"
          />
        </Field>
        <Choices
          label={t('policy')}
          value={run.policy as (typeof POLICIES)[number]}
          onChange={(policy) => onSettings({ policy })}
          options={POLICIES.map((value) => ({ value, label: t(value), hint: t(`${value}Hint`) }))}
        />
        <TagInput label={t('importTags')} value={run.tags} onChange={(tags) => onSettings({ tags })} />
      </div>
    </Panel>
  );
}
