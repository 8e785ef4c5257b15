/** Unsent words, one draft per conversation and mode: kept in this browser on every key. */
import { persisted } from '../../lib/store';

export type Mode = 'reply' | 'note';
export type Draft = {
  text: string;
  replyTo?: string | undefined;
  at: number /** When it was begun. */;
  begun?: number | undefined;
};

const DRAFTS_MAX = 200;
const drafts = persisted<Record<string, Draft>>('drafts', {});
const slot = (conversation: string, mode: Mode) => (mode === 'note' ? `${conversation}:note` : conversation);
const NONE: Draft = { text: '', at: 0 };

export const readDraft = (conversation: string, mode: Mode): Draft => drafts.get()[slot(conversation, mode)] ?? NONE;
export const useDraft = (conversation: string, mode: Mode): Draft => drafts.use()[slot(conversation, mode)] ?? NONE;
/** What a list shows of it: the reply first. */
export function useDraftText(conversation: string): string {
  const all = drafts.use();
  return (all[conversation]?.text || all[`${conversation}:note`]?.text || '').trim();
}

export function setDraft(conversation: string, mode: Mode, change: Partial<Draft>) {
  const key = slot(conversation, mode);
  drafts.set((before) => {
    const { [key]: old = NONE, ...rest } = before;
    const next = { ...old, at: Date.now(), ...change };
    if (!next.text && !next.replyTo) return rest;
    const newest = Object.entries(rest).sort(([, a], [, b]) => b.at - a.at);
    return Object.fromEntries([[key, next], ...newest.slice(0, DRAFTS_MAX - 1)]);
  });
}
