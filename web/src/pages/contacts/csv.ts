/** The beginning of a CSV file: enough to show its columns. The server reads the file itself. */
export type Head = { separator: string; names: string[]; rows: string[][] };

const SEPARATORS = [',', ';', '\t', '|'];
const HEAD_BYTES = 64 * 1024;
const ROWS_SHOWN = 5;

export async function readHead(file: File): Promise<Head | undefined> {
  const text = (await file.slice(0, HEAD_BYTES).text()).replace(/^\uFEFF/, '');
  const firstLine = text.split(/\r?\n/, 1)[0] ?? '';
  const times = (separator: string) => firstLine.split(separator).length;
  const separator = SEPARATORS.reduce((best, one) => (times(one) > times(best) ? one : best));
  // The last line may be cut in the middle.
  const whole = file.size > HEAD_BYTES ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  const [names, ...rows] = parse(whole, separator, ROWS_SHOWN + 1);
  return names?.some((name) => name.trim()) ? { separator, names, rows } : undefined;
}

/** At most `most` records; quotes hold separators and line ends. */
export function parse(text: string, separator: string, most: number): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = '';
  let quoted = false;
  const end = () => {
    record.push(field);
    field = '';
  };
  for (let at = 0; at < text.length && records.length < most; at++) {
    const char = text[at] as string;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else quoted = false;
    } else if (char === '"' && !field) quoted = true;
    else if (char === separator) end();
    else if (char === '\n') {
      end();
      if (record.some((one) => one)) records.push(record);
      record = [];
    } else if (char !== '\r') field += char;
  }
  if (records.length < most && (field || record.length)) {
    end();
    records.push(record);
  }
  return records;
}

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
] as const;
const HINTS: [RegExp, (typeof FIELDS)[number]][] = [
  [/^(first|given|vor).?name|^name$|^prénom$|^vorname$/i, 'first_name'],
  [/^(last|family|sur|nach).?name|^nom$/i, 'last_name'],
  [/phone|mobile|telefon|handy|tel\b/i, 'phone'],
  [/mail/i, 'email'],
  [/company|firma|organi[sz]ation/i, 'company_name'],
  [/chat.?id|telegram.?id/i, 'telegram_chat_id'],
  [/user.?name|telegram/i, 'telegram_username'],
  [/lang|sprache|locale/i, 'language_code'],
  [/tag|label|group/i, 'tags'],
  [/do.?not.?contact|opt.?out|unsubscribed/i, 'do_not_contact'],
];

/** What each column most likely is: a field, an attribute of its own, or nothing. */
export function guess(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.trim();
    const field =
      FIELDS.find((one) => one === plain.toLowerCase()) ?? HINTS.find(([pattern]) => pattern.test(plain))?.[1];
    if (field && !taken.has(field)) {
      taken.add(field);
      return field;
    }
    return plain ? `custom.${attribute(plain)}` : '';
  });
}
export const attribute = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
