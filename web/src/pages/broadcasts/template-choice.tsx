import { useQuery } from '@tanstack/react-query';
import {
  approvedQuery,
  bodyOf,
  type Chosen,
  isSimple,
  numbersQuery,
  type Template,
  variablesOf,
} from '../../lib/whatsapp';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { Tabs } from '../../ui/tabs';
import type { Draft } from './draft';
import { t } from './t';

type Props = { draft: Draft; onChange: (part: Partial<Draft>) => void };

/** Over which channel, where there is a choice. What was made stays what it is. */
export function ChannelChoice({ draft, onChange }: Props) {
  const { data } = useQuery(numbersQuery);
  if (draft.id || (!data?.length && draft.platform === 'TELEGRAM')) return null;
  return (
    <div>
      <p className="mb-1.5 text-sm font-medium">{t('channel')}</p>
      <Tabs
        label={t('channel')}
        value={draft.platform}
        onChange={(platform) => onChange({ platform, bot: '' })}
        tabs={[
          { key: 'TELEGRAM', label: 'Telegram' },
          { key: 'WHATSAPP', label: 'WhatsApp' },
        ]}
      />
    </div>
  );
}

const keyOf = (one: { name: string; language: string }) => `${one.name} ${one.language}`;
const wordsOf = ({ variables }: Chosen, name: string): string =>
  (Array.isArray(variables) ? variables[Number(name) - 1] : variables?.[name]) ?? '';

/** The template with its variables unsaid; the first one is mostly the name. */
function begun(template: Template): Chosen {
  const { name, language } = template;
  const names = variablesOf(bodyOf(template));
  const first = `{{first_name|default:"${t('fallback')}"}}`;
  const said = names.map((_, at) => (at === 0 ? first : ''));
  if (!names.length) return { name, language };
  const variables = names.every((one) => /^\d+$/.test(one))
    ? said
    : Object.fromEntries(names.map((one, at) => [one, said[at] ?? '']));
  return { name, language, variables };
}

function withValue(chosen: Chosen, name: string, value: string): Chosen {
  const { variables } = chosen;
  if (Array.isArray(variables))
    return { ...chosen, variables: variables.map((one, at) => (at === Number(name) - 1 ? value : one)) };
  return { ...chosen, variables: { ...variables, [name]: value } };
}

/** Which approved template says it, and what stands in its places. */
export function TemplateChoice({ draft, onChange, errors }: Props & { errors: Record<string, string[]> }) {
  const { data = [] } = useQuery(approvedQuery);
  const usable = data.filter(isSimple);
  const chosen = draft.template;
  const template = usable.find((one) => chosen && keyOf(one) === keyOf(chosen));
  const pick = (key: string) => {
    const next = usable.find((one) => keyOf(one) === key);
    onChange({ template: next ? begun(next) : null });
  };
  return (
    <>
      <Field label={t('template')} hint={chosen ? t('templateHint') : t('noTemplateHint')} errors={errors.template}>
        <Select
          value={chosen ? keyOf(chosen) : ''}
          onChange={pick}
          options={[
            { value: '', label: t('ownWords') },
            ...usable.map((one) => ({ value: keyOf(one), label: `${one.name} · ${one.language}` })),
          ]}
          className="w-full"
        />
      </Field>
      {chosen &&
        template &&
        variablesOf(bodyOf(template)).map((name) => (
          <Field key={name} label={`{{${name}}}`} hint={t('variableHint', { name: '{{first_name}}' })}>
            <Input
              value={wordsOf(chosen, name)}
              dir="auto"
              onChange={(event) => onChange({ template: withValue(chosen, name, event.target.value) })}
            />
          </Field>
        ))}
    </>
  );
}
