/** Saved replies: their variables, and which are used most. */
import { type Contact, nameOf } from '../../lib/inbox';
import { persisted } from '../../lib/store';

const uses = persisted<Record<string, number>>('canned-uses', {});
export const used = (id: string) => uses.set((before) => ({ ...before, [id]: (before[id] ?? 0) + 1 }));

type Canned = { id: string; shortcut: string; text: string };
/** Those that begin with what was typed, the most used first. */
export function ranked<C extends Canned>(all: C[], typed: string): C[] {
  const word = typed.toLowerCase();
  const count = uses.get();
  const fits = all.filter(
    (one) => one.shortcut.toLowerCase().startsWith(word) || (word.length > 1 && one.text.toLowerCase().includes(word)),
  );
  return fits
    .sort((a, b) => (count[b.id] ?? 0) - (count[a.id] ?? 0) || a.shortcut.localeCompare(b.shortcut))
    .slice(0, 8);
}

/** Fills in what is known of the contact; what is not stays as it stands and has to be filled by hand. */
export function filled(text: string, contact: Contact, agent: string): string {
  const values: Record<string, string | null | undefined> = {
    ...(contact.custom as Record<string, string>),
    first_name: contact.first_name,
    last_name: contact.last_name,
    full_name: nameOf(contact),
    phone: contact.phone,
    email: contact.email,
    company_name: contact.company_name,
    agent_name: agent,
    today_date: new Date().toLocaleDateString(),
  };
  const fallback = /^\{\{?(\w+)(?:\|default:"([^"]*)")?\}?\}$/;
  return text.replace(/\{\{?\w+(?:\|default:"[^"]*")?\}?\}/g, (whole) => {
    const [, name, other] = fallback.exec(whole) ?? [];
    return String((name && values[name]) || other || whole);
  });
}

export const missing = (text: string): string | undefined => /\{\{?\w+\}?\}/.exec(text)?.[0];
