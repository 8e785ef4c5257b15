import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderEntities } from '../src/lib/entities';

const html = (t: string, e: Parameters<typeof renderEntities>[1]) =>
  render(<p>{renderEntities(t, e)}</p>).container.querySelector('p');

it('nests entities and counts UTF-16 units past an emoji', () => {
  const p = html('👋 hello bold world', [
    { type: 'bold', offset: 9, length: 10 },
    { type: 'italic', offset: 14, length: 5 },
  ]);
  expect(p?.querySelector('strong')?.textContent).toBe('bold world');
  expect(p?.querySelector('strong em')?.textContent).toBe('world');
  expect(p?.textContent).toBe('👋 hello bold world');
});
it('never makes a javascript: link and never parses HTML', () => {
  const p = html('<img src=x> click', [{ type: 'text_link', offset: 12, length: 5, url: 'javascript:alert(1)' }]);
  expect(p?.querySelector('a')).toBeNull();
  expect(p?.querySelector('img')).toBeNull();
  expect(p?.textContent).toBe('<img src=x> click');
});
