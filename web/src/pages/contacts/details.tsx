import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { exact, relative } from '../../lib/time';
import { Button } from '../../ui/button';
import { Check } from '../../ui/check';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Facts } from '../../ui/panel';
import { TagInput } from '../../ui/tag-input';
import { type Contact, changeContact } from './contacts';
import { t } from './t';

const FIELDS = [
  ['first_name', 'firstName'],
  ['last_name', 'lastName'],
  ['phone', 'phone'],
  ['email', 'email'],
  ['company_name', 'company'],
  ['language_code', 'language'],
] as const;

/** Who somebody is; what the team may change is a field, the rest is told. */
export function Details({ contact }: { contact: Contact }) {
  const edits = useIsAtLeast('AGENT');
  const [tags, setTags] = useState(contact.tags);
  const [isOut, setIsOut] = useState(contact.do_not_contact);
  const [custom, setCustom] = useState(() => Object.entries(contact.custom as Record<string, unknown>));
  const [problem, setProblem] = useState<Problem>();
  const [state, setState] = useState<'' | 'busy' | 'saved'>('');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = Object.fromEntries(FIELDS.map(([name]) => [name, String(form.get(name) ?? '').trim() || null]));
    setState('busy');
    setProblem(undefined);
    try {
      await changeContact(contact.id, {
        ...given,
        first_name: given.first_name ?? '',
        last_name: given.last_name ?? '',
        tags,
        do_not_contact: isOut,
        custom: Object.fromEntries(custom.filter(([name]) => name)) as never,
      });
      setState('saved');
    } catch (error) {
      setProblem(Problem.of(error));
      setState('');
    }
  };
  const errors = problem?.errors ?? {};
  return (
    <form onSubmit={submit} onChange={() => setState('')} className="space-y-4" noValidate>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        {FIELDS.map(([name, label]) => (
          <Field key={name} label={t(label)} errors={errors[name]}>
            <Input name={name} defaultValue={contact[name] ?? ''} disabled={!edits} dir="auto" autoComplete="off" />
          </Field>
        ))}
      </div>
      <TagInput label={t('labels')} value={tags} onChange={setTags} errors={errors.tags} disabled={!edits} />
      <Attributes value={custom} onChange={setCustom} disabled={!edits} errors={errors.custom} />
      <Check checked={isOut} onChange={setIsOut} label={t('doNotContact')} disabled={!edits} />
      {problem && !Object.keys(errors).length && (
        <p role="alert" className="text-sm text-bad">
          {problem.message}
        </p>
      )}
      {edits && (
        <div className="flex items-center gap-3">
          <Button type="submit" variant="soft" busy={state === 'busy'}>
            {t('save')}
          </Button>
          <span role="status" className="text-sm text-ok">
            {state === 'saved' && t('saved')}
          </span>
        </div>
      )}
      <div className="border-t border-line pt-4">
        <Facts
          rows={[
            [t('telegramId'), contact.telegram_chat_id != null && String(contact.telegram_chat_id)],
            [t('source'), contact.source.toLowerCase()],
            [
              t('lastSeen'),
              contact.last_seen_at && <span title={exact(contact.last_seen_at)}>{relative(contact.last_seen_at)}</span>,
            ],
            [
              t('created'),
              <span key="c" title={exact(contact.created_at)}>
                {relative(contact.created_at)}
              </span>,
            ],
          ]}
        />
      </div>
    </form>
  );
}

type AttributesProps = {
  value: [string, unknown][];
  onChange: (value: [string, unknown][]) => void;
  disabled: boolean;
  errors: string[] | undefined;
};
function Attributes({ value, onChange, disabled, errors }: AttributesProps) {
  const set = (at: number, entry: [string, unknown]) => onChange(value.map((one, i) => (i === at ? entry : one)));
  if (disabled && !value.length) return null;
  return (
    <fieldset className="space-y-2">
      <legend className="text-sm font-medium">{t('attributes')}</legend>
      {value.map(([name, content], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name may change while it is typed
        <div key={at} className="flex gap-2">
          <Input
            aria-label={t('attributeName')}
            placeholder={t('attributeName')}
            value={name}
            disabled={disabled}
            onChange={(e) => set(at, [e.target.value, content])}
          />
          <Input
            aria-label={t('attributeValue')}
            placeholder={t('attributeValue')}
            value={typeof content === 'string' ? content : JSON.stringify(content)}
            disabled={disabled}
            dir="auto"
            onChange={(e) => set(at, [name, typed(content, e.target.value)])}
          />
          {!disabled && (
            <Button
              variant="ghost"
              size="icon"
              aria-label={t('removeAttribute', { name })}
              onClick={() => onChange(value.filter((_, i) => i !== at))}
            >
              <X size={15} aria-hidden="true" />
            </Button>
          )}
        </div>
      ))}
      {errors && (
        <p role="alert" className="text-xs text-bad">
          {errors.join(' ')}
        </p>
      )}
      {!disabled && (
        <Button variant="ghost" size="sm" onClick={() => onChange([...value, ['', '']])}>
          <Plus size={14} aria-hidden="true" />
          {t('addAttribute')}
        </Button>
      )}
    </fieldset>
  );
}

/** A number stays one, and so does yes or no; what is no longer one becomes text. */
function typed(before: unknown, text: string): unknown {
  if (typeof before === 'number' && text.trim() && Number.isFinite(Number(text))) return Number(text);
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
