import { describe, expect, it } from 'vitest';
import { merge } from '../src/inbox/data/timeline';
import { held } from '../src/inbox/list/order';
import { buildRows, firstUnread } from '../src/inbox/thread/rows';
import type { Conversation, Entry } from '../src/lib/inbox';

const noon = new Date(2026, 4, 4, 12).getTime();
let id = 0;
const entry = (minutes: number, from: 'them' | 'me', more: Partial<Entry> = {}): Entry => {
  id += 1;
  return {
    id: `e${id}`,
    sequence: id,
    kind: 'message',
    direction: from === 'them' ? 'INCOMING' : 'OUTGOING',
    platform: 'TELEGRAM',
    author: from === 'them' ? { type: 'CONTACT', id: 'c' } : { type: 'USER', id: 'u', name: 'Ada' },
    content: { type: 'text', text: 'hi', entities: [], media: [], buttons: [], mentions: [] },
    reactions: [],
    edits: [],
    created_at: new Date(noon + minutes * 60_000).toISOString(),
    ...more,
  };
};
const rows = (entries: Entry[], unread?: { from: string; n: number }) =>
  buildRows({ entries, outgoing: [], unread, hasStart: true, holes: new Set() }).slice(1);

describe('the rows of a timeline', () => {
  it('join bubbles of one sender within ten minutes, on one day', () => {
    const made = rows([entry(0, 'them'), entry(9, 'them'), entry(20, 'them'), entry(21, 'me'), entry(24 * 60, 'me')]);
    expect(made.map((row) => row.type)).toEqual(['day', 'message', 'message', 'message', 'message', 'day', 'message']);
    const groups = made.flatMap((row) => (row.type === 'message' ? [[row.first, row.last]] : []));
    expect(groups).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
      [true, true],
    ]);
  });
  it('put the line before the first unread one and cut the group there', () => {
    const list = [entry(0, 'them'), entry(1, 'them'), entry(2, 'me'), entry(3, 'them')];
    const from = firstUnread(list, 2) as string;
    expect(from).toBe(list[1]?.id);
    const made = rows(list, { from, n: 2 });
    expect(made.map((row) => row.type)).toEqual(['day', 'message', 'unread', 'message', 'message', 'message']);
    expect(made[1]).toMatchObject({ first: true, last: true });
  });
  it('name a hole where numbers don’t follow each other', () => {
    const list = [entry(0, 'them'), entry(1, 'them', { sequence: 9_000 })];
    expect(rows(list).map((row) => row.type)).toEqual(['day', 'message', 'hole', 'message']);
    const holes = new Set([`${list[0]?.id}:${list[1]?.id}`]);
    const made = buildRows({ entries: list, outgoing: [], unread: undefined, hasStart: false, holes });
    // Where older pages will be put in, no day stands.
    expect(made.map((row) => row.type)).toEqual(['message', 'message']);
  });
});

it('entries from everywhere meet once and in order', () => {
  const [a, b, c] = [entry(0, 'them'), entry(1, 'them'), entry(2, 'them')];
  const changed = { ...b, status: 'SENT' } as Entry;
  const met = merge(merge([a, b], [b, c]), [changed]);
  expect(met.map((one) => one.id)).toEqual([a.id, b.id, c.id]);
  expect(met[1]?.status).toBe('SENT');
});

it('a held order keeps rows in place and as high as they were, and shows their newest content', () => {
  const one = (id: string, unread_count: number) => ({ id, unread_count }) as Conversation;
  const line = (id: string, unread_count: number, isTall = false) => ({ one: one(id, unread_count), isTall });
  const before = [line('b', 0), line('left', 1), line('a', 0, true)];
  expect(held(before, [one('new', 1), one('a', 0), one('b', 3)])).toEqual([
    line('b', 3),
    line('left', 1),
    line('a', 0, true),
  ]);
});
