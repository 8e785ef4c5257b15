import { expect, it } from 'vitest';
import { asAlbum, kindOf } from '../src/inbox/composer/attachment';
import { filled, missing, ranked } from '../src/inbox/composer/canned';
import { lengthOf, partsOf } from '../src/inbox/composer/length';
import { pieces } from '../src/inbox/composer/markers';
import { wordAt } from '../src/inbox/composer/suggest';
import { queryOf, searchOf } from '../src/inbox/data/views';
import { filterOf } from '../src/inbox/list/filter';
import { presets } from '../src/inbox/presets';
import type { Contact } from '../src/lib/inbox';

it('finds marks, and leaves snake_case and single stars alone', () => {
  expect(pieces('**a** _b_ `c` [d](https://e) ||f||').map((one) => one.kind)).toEqual([
    ...['mark', 'bold', 'mark', 'plain', 'mark', 'italic', 'mark', 'plain', 'mark', 'code', 'mark', 'plain'],
    ...['mark', 'link', 'mark', 'plain', 'mark', 'spoiler', 'mark'],
  ]);
  for (const plain of ['snake_case_name', '2 * 3 * 4', 'a ** b', '_', '``'])
    expect(pieces(plain)).toEqual([{ text: plain, kind: 'plain' }]);
});
it('counts as Telegram does: UTF-16 units, marks not counted', () => {
  expect(lengthOf('**ab** 👍')).toBe(5);
  expect(partsOf('x'.repeat(4097), false)).toBe(2);
  expect(partsOf('x'.repeat(1024), true)).toBe(1);
  expect(partsOf('x'.repeat(1025), true)).toBe(2);
});
it('offers something only for the word at the caret', () => {
  expect(wordAt('/hou', 4, 'reply')).toEqual({ sign: '/', typed: 'hou', from: 0 });
  expect(wordAt('see /hou', 8, 'reply')).toBeUndefined();
  expect(wordAt('/hou', 4, 'note')).toBeUndefined();
  expect(wordAt('ask @ad', 7, 'note')).toEqual({ sign: '@', typed: 'ad', from: 4 });
  expect(wordAt('ask @ad', 7, 'reply')).toBeUndefined();
  expect(wordAt('me@ad', 5, 'note')).toBeUndefined();
  expect(wordAt('nice :thu', 9, 'reply')).toEqual({ sign: ':', typed: 'thu', from: 5 });
  expect(wordAt('at 10:30', 8, 'reply')).toBeUndefined();
});
it('fills in what is known and names what is not', () => {
  const contact = { first_name: 'Ada', last_name: '', custom: { city: 'Riga' } } as unknown as Contact;
  const text = filled('Hi {first_name} in {city}, {{last_name|default:"friend"}}: {order_id}', contact, 'Mira');
  expect(text).toBe('Hi Ada in Riga, friend: {order_id}');
  expect(missing(text)).toBe('{order_id}');
  const all = ['refund', 'tracking', 'thanks'].map((shortcut) => ({ id: shortcut, shortcut, text: '…' }));
  expect(ranked(all, 't').map((one) => one.shortcut)).toEqual(['thanks', 'tracking']);
});
it('sends what does not mix as files', () => {
  const file = (type: string, size = 10) => ({
    id: type,
    file: { type, size } as File,
    kind: kindOf({ type, size }),
    url: undefined,
  });
  expect(asAlbum([file('image/png'), file('video/mp4')]).map((one) => one.kind)).toEqual(['photo', 'video']);
  expect(asAlbum([file('image/png'), file('application/pdf')]).map((one) => one.kind)).toEqual([
    'document',
    'document',
  ]);
  expect(kindOf({ type: 'image/png', size: 11_000_000 })).toBe('document');
});
it('offers times that lie ahead', () => {
  const sunday = new Date(2026, 4, 3, 23, 30).getTime();
  const [later, tomorrow, week] = presets(sunday).map((one) => new Date(one.at));
  expect(later?.getTime()).toBe(sunday + 3 * 3_600_000);
  expect([tomorrow?.getDate(), tomorrow?.getHours()]).toEqual([4, 8]);
  expect([week?.getDay(), week?.getDate()]).toEqual([1, 4]);
});
it('keeps a view in the words of the API, and finds the same list again', () => {
  const address = { view: 'mine', status: 'any', label: 'vip', unread: '1', waiting: '30', sort: 'waiting' };
  const query = queryOf(filterOf(address));
  expect(query).toBe('assignee=me&label=vip&unread=true&waiting_minutes=30&ordering=waiting_since');
  expect(filterOf(searchOf({ id: 'v', name: 'v', query, shared: true }))).toEqual(filterOf(address));
});
