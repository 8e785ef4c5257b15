import type { Entry } from '../../lib/inbox';
import { dayKey, ms } from '../../lib/time';
import type { Outgoing } from '../data/outbox';
import { rowKey } from '../data/outbox';

/** `est` is computed once per row: the virtualizer asks for all of them again whenever a size above changes. */
export type Row = { est: number; key: string; at: number } & (
  | { type: 'day' }
  | { type: 'start' }
  | { type: 'unread'; n: number }
  | { type: 'hole'; after: Entry; before: Entry }
  | { type: 'activity'; m: Entry }
  | { type: 'message'; m: Entry; first: boolean; last: boolean; quoted: Entry | undefined; out: Outgoing | undefined }
);
type RowIn = Row extends infer R ? (R extends Row ? Omit<R, 'est'> : never) : never;

export type Given = {
  entries: Entry[];
  outgoing: { item: Outgoing; entry: Entry }[];
  /** The first entry that was unread when the conversation was opened, and how many there were. */
  unread: { from: string; n: number } | undefined;
  hasStart: boolean;
  holes: ReadonlySet<string>;
};

// Telegram's own clients join bubbles of one sender within ten minutes.
const GROUP_MS = 10 * 60_000;
const who = (m: Entry) => `${m.kind}:${m.direction}:${m.author.type}:${m.author.id}`;
/** Lines in the middle: what the team did, pressed buttons, service messages. */
export const isLine = (m: Entry) =>
  m.kind === 'activity' || m.content.type === 'service' || m.content.type === 'button';

function joins(a: Entry | undefined, b: Entry | undefined): boolean {
  if (!a || !b || isLine(a) || isLine(b) || who(a) !== who(b)) return false;
  const [from, to] = [ms(a.created_at), ms(b.created_at)];
  return to - from < GROUP_MS && dayKey(from) === dayKey(to) && a.content.buttons.length === 0;
}

/** Flat rows for the virtual list: day pills, the unread line, activity lines, grouped bubbles. */
export function buildRows({ entries, outgoing, unread, hasStart, holes }: Given): Row[] {
  const rows: RowIn[] = [];
  const outOf = new Map(outgoing.map(({ item, entry }) => [entry.id, item]));
  const list = [...entries, ...outgoing.map(({ entry }) => entry)];
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const first = list[0];
  if (hasStart && first) rows.push({ type: 'start', key: 'start', at: ms(first.created_at) });
  let day = 0;
  let prev: Entry | undefined;
  list.forEach((m, i) => {
    const before = list[i - 1];
    const at = ms(m.created_at);
    const out = outOf.get(m.id);
    if (before && !out && m.sequence > before.sequence + 1 && !holes.has(`${before.id}:${m.id}`)) {
      rows.push({ type: 'hole', key: `hole${m.id}`, at, after: before, before: m });
      prev = undefined;
    }
    const d = dayKey(at);
    if (d !== day) {
      // Above the first loaded entry it would be where older pages are put in, and the place to hold on to would be lost.
      if (i > 0 || hasStart) rows.push({ type: 'day', key: `day${d}:${m.id}`, at });
      day = d;
      prev = undefined;
    }
    if (m.id === unread?.from) {
      rows.push({ type: 'unread', key: 'unread', n: unread.n, at });
      prev = undefined;
    }
    if (isLine(m)) {
      rows.push({ type: 'activity', key: m.id, m, at });
      prev = undefined;
      return;
    }
    const next = list[i + 1];
    const last = !joins(m, next) || next?.id === unread?.from;
    const quoted = m.reply_to ? byId.get(m.reply_to) : undefined;
    rows.push({ type: 'message', key: rowKey(m.id), m, first: !joins(prev, m), last, quoted, out, at });
    prev = m;
  });
  return rows.map((row) => ({ ...row, est: estimate(row) }));
}

const HEIGHTS: Partial<Record<Entry['content']['type'], number>> = {
  photo: 262,
  video: 262,
  animation: 262,
  album: 320,
  voice: 62,
  audio: 62,
  document: 62,
  sticker: 90,
  video_note: 210,
  location: 64,
  venue: 64,
  contact: 64,
  poll: 120,
  dice: 90,
};

function estimate(row: RowIn): number {
  if (row.type !== 'message') return row.type === 'activity' ? 24 : row.type === 'start' ? 60 : 44;
  const { m } = row;
  const lines = m.content.text ? Math.ceil(m.content.text.length / 62) : 0;
  const extra = (row.m.reply_to ? 46 : 0) + (m.reactions.length ? 28 : 0) + m.content.buttons.length * 36;
  return 22 + lines * 20 + (HEIGHTS[m.content.type] ?? 0) + (row.last ? 10 : 3) + extra;
}

/** Where reading begins: the n-th incoming entry from the end. */
export function firstUnread(entries: Entry[], n: number): string | undefined {
  let left = n;
  let found: string | undefined;
  for (let at = entries.length - 1; at >= 0 && left > 0; at--) {
    const m = entries[at] as Entry;
    if (m.direction !== 'INCOMING') continue;
    left--;
    found = m.id;
  }
  return found;
}
