/** What is offered for the word before the caret: saved replies for `/`, people for `@` in notes, emoji for `:`. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Contact } from '../../lib/inbox';
import { useSession } from '../../lib/session';
import type { Mode } from '../data/drafts';
import { cannedQuery, useTeam } from '../data/team';
import { filled, ranked, used } from './canned';
import type { Emoji } from './emoji';

export type Suggestion = {
  key: string;
  head: string;
  about: string;
  insert: string;
  from: number;
  picked?: () => void;
};

type Word = { sign: '/' | '@' | ':'; typed: string; from: number };
/** The word that the caret stands at, when it is one of those. */
export function wordAt(text: string, caret: number, mode: Mode): Word | undefined {
  const before = text.slice(0, caret);
  const slash = /^\/(\S*)$/.exec(before);
  if (slash && mode === 'reply') return { sign: '/', typed: slash[1] ?? '', from: 0 };
  const found = /(?:^|\s)([@:])([\p{L}\p{N}_+-]*)$/u.exec(before);
  if (!found) return undefined;
  const sign = found[1] as '@' | ':';
  const typed = found[2] ?? '';
  if (sign === '@' && mode !== 'note') return undefined;
  if (sign === ':' && typed.length < 2) return undefined;
  return { sign, typed, from: caret - typed.length - 1 };
}

export function useSuggestions(text: string, caret: number, mode: Mode, contact: Contact): Suggestion[] {
  const word = wordAt(text, caret, mode);
  const { user } = useSession();
  const canned = useQuery({ ...cannedQuery, enabled: word?.sign === '/' }).data;
  const team = useTeam();
  const emoji = useEmoji(word?.sign === ':');
  const { sign, typed = '', from = 0 } = word ?? {};
  return useMemo(() => {
    const lower = typed.toLowerCase();
    if (sign === '/')
      return ranked(canned ?? [], typed).map((one) => {
        const insert = filled(one.text, contact, user.name);
        return { key: one.id, head: `/${one.shortcut}`, about: insert, insert, from, picked: () => used(one.id) };
      });
    if (sign === '@')
      return team
        .filter((one) =>
          one.name
            .toLowerCase()
            .split(/\s+/)
            .some((part) => part.startsWith(lower)),
        )
        .slice(0, 8)
        .map((one) => ({ key: one.id, head: `@${one.name}`, about: one.email ?? '', insert: `@${one.name} `, from }));
    if (sign === ':')
      return emoji
        .filter((one) => one[1].includes(lower))
        .sort((a, b) => Number(b[1].startsWith(lower)) - Number(a[1].startsWith(lower)))
        .slice(0, 8)
        .map(([sign, words]) => ({ key: sign, head: sign, about: words, insert: `${sign} `, from }));
    return [];
  }, [sign, typed, from, canned, team, emoji, contact, user.name]);
}

const NO_EMOJI: Emoji[] = [];
/** Loaded when the first colon asks for it. */
export function useEmoji(wanted: boolean): Emoji[] {
  const [all, setAll] = useState(NO_EMOJI);
  useEffect(() => {
    if (wanted && all === NO_EMOJI) void import('./emoji').then((file) => setAll(file.EMOJI));
  }, [wanted, all]);
  return all;
}
