import { type FormEvent, useState } from 'react';
import { api, body } from '../../lib/api';
import type { Contact } from '../../lib/inbox';
import { Problem } from '../../lib/problem';
import { date } from '../../lib/time';
import { knownConversation, putConversation } from '../data/lists';
import { t } from '../t';
import { useMe } from '../use-me';

const EDITED = ['phone', 'email', 'company_name', 'language_code'] as const;
type Name = (typeof EDITED)[number];

/** What is known of a person. A click on a value changes it. */
export function Fields({ contact, conversation }: { contact: Contact; conversation: string }) {
  const me = useMe();
  const save = async (change: Record<string, unknown>) => {
    const saved = await body(
      api.PATCH('/contacts/{id}/', { params: { path: { id: contact.id } }, body: change as never }),
    );
    const known = knownConversation(conversation);
    if (known) putConversation({ ...known, contact: saved }, me);
  };
  const custom = Object.entries(contact.custom as Record<string, unknown>);
  return (
    <dl className="grid grid-cols-[92px_1fr] items-baseline gap-y-1 text-sm">
      {contact.telegram_chat_id && <Fact name={t('telegramId')}>{String(contact.telegram_chat_id)}</Fact>}
      {EDITED.map((name: Name) => (
        <Value
          key={name}
          label={t(`field_${name}`)}
          value={contact[name] ?? ''}
          onSave={(value) => save({ [name]: value })}
        />
      ))}
      {custom.map(([name, value]) => (
        <Value
          key={name}
          label={name}
          value={String(value ?? '')}
          onSave={(value) => save({ custom: { [name]: value || null } })}
        />
      ))}
      <Fact name={t('firstSeen')}>{date(contact.created_at)}</Fact>
      {contact.tags.length > 0 && <Fact name={t('tags')}>{contact.tags.join(', ')}</Fact>}
    </dl>
  );
}

const Fact = ({ name, children }: { name: string; children: string }) => (
  <>
    <dt className="break-words text-fg-3">{name}</dt>
    <dd className="truncate py-0.5 tabular-nums" title={children}>
      {children}
    </dd>
  </>
);

function Value({ label, value, onSave }: { label: string; value: string; onSave: (value: string) => Promise<void> }) {
  const [text, setText] = useState<string>();
  const [wrong, setWrong] = useState('');
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (text === undefined) return;
    if (text.trim() === value) return setText(undefined);
    try {
      await onSave(text.trim());
      setText(undefined);
      setWrong('');
    } catch (error) {
      const problem = Problem.of(error);
      setWrong(Object.values(problem.errors).flat().join(' ') || problem.message);
    }
  };
  return (
    <>
      <dt className="break-words text-fg-3">{label}</dt>
      <dd className="min-w-0">
        {text === undefined ? (
          <button
            type="button"
            onClick={() => setText(value)}
            aria-label={[t('changeField', { name: label }), value].filter(Boolean).join(': ')}
            className="-mx-1.5 block min-h-6 w-[calc(100%+0.75rem)] truncate rounded-md px-1.5 py-0.5 text-start hover:bg-sunken"
            dir="auto"
          >
            {value || <span className="text-fg-3">—</span>}
          </button>
        ) : (
          <form onSubmit={submit}>
            <input
              autoFocus
              value={text}
              aria-label={label}
              aria-invalid={!!wrong}
              dir="auto"
              onChange={(event) => setText(event.target.value)}
              onBlur={() => void submit()}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                event.stopPropagation();
                setText(undefined);
                setWrong('');
              }}
              className="-mx-1.5 w-[calc(100%+0.75rem)] rounded-md bg-sunken px-1.5 py-0.5 outline-none focus:ring-2 focus:ring-accent-text aria-invalid:ring-bad"
            />
            {wrong && (
              <span role="alert" className="text-xs text-bad">
                {wrong}
              </span>
            )}
          </form>
        )}
      </dd>
    </>
  );
}
