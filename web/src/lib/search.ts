import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** What stands behind `?` in the address: plain words, so that addresses can be read, kept and sent. */
export type Search = Record<string, string | undefined>;

export const parseSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text));
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    if (value != null && value !== '') params.set(name, String(value));
  const text = params.toString();
  return text && `?${text}`;
}

/** The filters of a page, kept in its address. Setting one to '' takes it off. */
export function useFilters(): [Search, (change: Search, replace?: boolean) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Search, replace = true) =>
      void navigate({ to: '.', search: (before: Search) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  return [search, set];
}
