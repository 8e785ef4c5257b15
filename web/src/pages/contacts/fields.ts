/** What a column of a file can become; the server guesses, and people correct it. */
export const FIELDS = [
  'first_name',
  'last_name',
  'phone',
  'email',
  'company_name',
  'telegram_chat_id',
  'telegram_username',
  'language_code',
  'tags',
  'do_not_contact',
  'lead_status',
  'lead_score',
  'ticket_status',
  'id',
] as const;

/** The name of an attribute for what no field fits. */
export const attribute = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 64);

/** Every target that a column can be given, the present one among them. */
export function targets(name: string, present: string): string[] {
  const own = attribute(name);
  const all = [...FIELDS, ...(own ? [`custom.${own}`] : [])];
  return present && !all.includes(present) ? [...all, present] : all;
}

/** The first target that two columns have. */
export const twice = (columns: string[]) => columns.find((one, at) => one && columns.indexOf(one) !== at);
