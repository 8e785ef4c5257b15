/**
 * Words. English stands in `en/PAGE.ts`, one plain object per page, loaded with the page; another language stands in
 * `LANG/PAGE.ts` with the same keys and is loaded whole before the first paint. A missing key falls back to English.
 *
 * A message is a text with `{names}`, or its plural forms (`one`, `other`, …) chosen by `{n}`.
 */
import { preferences } from '../lib/store';

type Plural = { one?: string; two?: string; few?: string; many?: string; zero?: string; other: string };
export type Message = string | Plural;
export type Messages = Record<string, Message>;
/** What a translation of `M` must hold: the same keys. */
export type Translation<M extends Messages> = Partial<Record<keyof M, Message>>;

type Names<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type NamesOf<T> = T extends string ? Names<T> : T extends { other: infer Other } ? Names<Other> | 'n' : never;
type Given<T> = [NamesOf<T>] extends [never] ? [] : [values: Record<NamesOf<T>, string | number>];

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
const RTL = /^(ar|fa|he|ur)\b/;
// One chunk per language; English is not among them, it comes with the pages.
const languages = import.meta.glob<{ default: Record<string, Messages> }>('./*/index.ts');

let language = 'en';
let translated: Record<string, Messages> = {};

/** For Intl: the browser's own variety of the language (en-GB, de-AT), else the language. */
export function locale(): string | undefined {
  const own = typeof navigator === 'undefined' ? [] : (navigator.languages ?? []);
  return own.find((tag) => tag.split('-')[0] === language) ?? language;
}

function wanted(): string {
  const choice = preferences.get().language;
  if (choice) return choice;
  const tags = (navigator.languages ?? []).map((tag) => tag.split('-')[0] ?? '');
  return tags.find((tag) => tag === 'en' || languages[`./${tag}/index.ts`]) ?? 'en';
}

/** Before the first paint. A language that does not load leaves the app in English. */
export async function loadLanguage(choice = wanted()) {
  const load = languages[`./${choice}/index.ts`];
  translated = load
    ? await load().then(
        (file) => file.default,
        () => ({}),
      )
    : {};
  language = load ? choice : 'en';
  document.documentElement.lang = language;
  document.documentElement.dir = RTL.test(language) ? 'rtl' : 'ltr';
}

function fill(message: Message, values: Record<string, string | number> | undefined): string {
  let text = message as string;
  if (typeof message === 'object') {
    text = message[new Intl.PluralRules(locale()).select(Number(values?.n ?? 0))] ?? message.other;
  }
  if (!values) return text;
  const word = (value: string | number | undefined) =>
    typeof value === 'number' ? new Intl.NumberFormat(locale()).format(value) : (value ?? '');
  return text.replace(/\{(\w+)\}/g, (_, name: string) => word(values[name]));
}

/** The words of one page: `const t = texts('inbox', en)`, then `t('title')` or `t('unread', { n: 3 })`. */
export function texts<const M extends Messages>(page: string, english: M) {
  return <K extends keyof M & string>(key: K, ...[values]: Given<M[K]>): string =>
    fill(translated[page]?.[key] ?? (english[key] as Message), values);
}
