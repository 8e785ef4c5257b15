/**
 * The timelines that were opened, kept outside the query cache: entries come from pages in both directions, from the
 * stream and from answers to what we send, and all meet here in order of their sequence. While a timeline was opened
 * around an old message it is detached from its end; what arrives meanwhile is counted, not appended.
 */
import { api, body, cursorOf } from '../../lib/api';
import type { Entry } from '../../lib/inbox';
import { type Watched, watched } from '../../lib/watched';

export type Timeline = {
  state: 'loading' | 'ready' | 'failed';
  problem?: unknown;
  entries: Entry[];
  /** Cursors of the pages before and after; none at the ends. */
  older: string | undefined;
  newer: string | undefined;
  isLoading: 'older' | 'newer' | false;
  /** What arrived while the end was not loaded. */
  missed: number;
  /** Holes that were asked for and stay: `after:before`. */
  holes: ReadonlySet<string>;
};

const PAGE = 50;
const KEPT_MAX = 40;
const EMPTY: Timeline = {
  state: 'loading',
  entries: [],
  older: undefined,
  newer: undefined,
  isLoading: false,
  missed: 0,
  holes: new Set(),
};

const opened = new Map<string, Watched<Timeline>>();

export function timelineOf(conversation: string): Watched<Timeline> {
  const known = opened.get(conversation) ?? watched(EMPTY);
  opened.delete(conversation);
  opened.set(conversation, known);
  for (const oldest of opened.keys()) {
    if (opened.size <= KEPT_MAX) break;
    opened.delete(oldest);
  }
  return known;
}

type Page = { results: Entry[]; older: string | undefined; newer: string | undefined };
async function fetchPage(id: string, place: { cursor?: string | undefined; at?: string }): Promise<Page> {
  const query: Record<string, string | number> = { page_size: PAGE };
  if (place.cursor) query.cursor = place.cursor;
  if (place.at) query.at = place.at;
  const page = await body(api.GET('/team-inbox/api/conversations/{id}/timeline/', { params: { path: { id }, query } }));
  return { results: page.results, older: cursorOf(page.next), newer: cursorOf(page.previous) };
}

/** Both lists in order of sequence, the newer version of an entry that is in both. */
export function merge(known: Entry[], more: Entry[]): Entry[] {
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last || more.length === 0) return known.length ? known : more;
  if ((more[0] as Entry).sequence > last.sequence) return [...known, ...more];
  if ((more.at(-1) as Entry).sequence < first.sequence) return [...more, ...known];
  const all = new Map(known.map((entry) => [entry.id, entry]));
  for (const entry of more) all.set(entry.id, entry);
  return [...all.values()].sort((a, b) => a.sequence - b.sequence);
}

/** Opens at the newest page, or around one entry. What is known already shows at once. */
export async function openTimeline(id: string, at?: string): Promise<void> {
  const it = timelineOf(id);
  const before = it.get();
  if (at && before.state === 'ready' && before.entries.some((entry) => entry.id === at)) return;
  const isAttached = before.state === 'ready' && !before.newer;
  if (!at && isAttached) return refresh(id);
  it.set({ ...EMPTY });
  try {
    const page = await fetchPage(id, at ? { at } : {});
    it.set({ ...EMPTY, state: 'ready', entries: page.results, older: page.older, newer: page.newer });
  } catch (problem) {
    it.set({ ...EMPTY, state: 'failed', problem });
  }
}

/** The newest page again: after a break in the stream, or on coming back to a conversation. */
export async function refresh(id: string): Promise<void> {
  const it = opened.get(id);
  if (it?.get().state !== 'ready' || it.get().newer) return;
  const page = await fetchPage(id, {}).catch(() => undefined);
  if (page) it.set((now) => ({ ...now, entries: merge(now.entries, page.results) }));
}
export const refreshOpened = () => {
  for (const id of opened.keys()) void refresh(id);
};

export async function loadMore(id: string, direction: 'older' | 'newer'): Promise<void> {
  const it = timelineOf(id);
  const { isLoading, [direction]: cursor } = it.get();
  if (isLoading || !cursor) return;
  it.set((now) => ({ ...now, isLoading: direction }));
  const page = await fetchPage(id, { cursor }).catch(() => undefined);
  it.set((now) => {
    if (!page) return { ...now, isLoading: false };
    const next = { ...now, isLoading: false as const, entries: merge(now.entries, page.results) };
    return direction === 'older'
      ? { ...next, older: page.older }
      : { ...next, newer: page.newer, missed: page.newer ? now.missed : 0 };
  });
}

/** Fetches what lies between two entries whose numbers don't follow each other. */
export async function loadHole(id: string, after: Entry, before: Entry): Promise<void> {
  const page = await fetchPage(id, { at: before.id }).catch(() => undefined);
  if (!page) return;
  timelineOf(id).set((now) => {
    const entries = merge(now.entries, page.results);
    const isFilled = entries.length > now.entries.length;
    return isFilled ? { ...now, entries } : { ...now, holes: new Set([...now.holes, `${after.id}:${before.id}`]) };
  });
}

/** A new or changed entry, from wherever it is told. */
export function put(conversation: string, entry: Entry) {
  const it = opened.get(conversation);
  if (!it) return;
  it.set((now) => {
    if (now.state !== 'ready') return now;
    const at = now.entries.findIndex((one) => one.id === entry.id);
    if (at >= 0) return { ...now, entries: now.entries.with(at, entry) };
    const last = now.entries.at(-1);
    if (now.newer && (!last || entry.sequence > last.sequence)) return { ...now, missed: now.missed + 1 };
    return { ...now, entries: merge(now.entries, [entry]) };
  });
}

/** Changes an entry that is known, for instance while the server has not confirmed yet. */
export function change(conversation: string, entry: string, how: (before: Entry) => Entry) {
  opened.get(conversation)?.set((now) => {
    const at = now.entries.findIndex((one) => one.id === entry);
    return at < 0 ? now : { ...now, entries: now.entries.with(at, how(now.entries[at] as Entry)) };
  });
}
