import { describe, expect, it } from 'vitest';
import german from '../src/i18n/de';

const english = import.meta.glob<{ default: Record<string, unknown> }>('../src/i18n/en/*.ts', { eager: true });
const names = (message: unknown) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g) ?? [])].sort();

describe('German', () => {
  for (const [page, words] of Object.entries(german)) {
    it(`says on the page ${page} what English says, with the same values`, () => {
      const own = english[`../src/i18n/en/${page}.ts`]?.default ?? {};
      const shared = Object.entries(words).filter(([key]) => key in own);
      const differing = shared.filter(([key, message]) => names(message).join() !== names(own[key]).join());
      expect(differing.map(([key]) => key)).toEqual([]);
    });
  }
  it('leaves no word of English out', () => {
    const missing = Object.entries(english).flatMap(([path, file]) => {
      const page = path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);
      const own: Record<string, unknown> = (german as Record<string, Record<string, unknown>>)[page] ?? {};
      return Object.keys(file.default).flatMap((key) => (key in own ? [] : [`${page}.${key}`]));
    });
    expect(missing).toEqual([]);
  });
});
