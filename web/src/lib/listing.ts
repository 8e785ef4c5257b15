import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { body, cursorOf } from './api';
import type { Problem } from './problem';

type Page<R> = { results: R[]; next?: string | null; count?: number | null };
/** Only what is asked for: an empty parameter is an invalid one. */
export const strip = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== '')) as T;

/** A list of the API, page by page, as one list of rows. `fetch` gets the cursor of the page to load. */
export function useListing<R>(
  key: readonly unknown[],
  fetch: (page: { cursor: string | undefined; signal: AbortSignal }) => Promise<{ data?: unknown }>,
  options: { enabled?: boolean; refetchInterval?: (rows: R[]) => number | false } = {},
) {
  const { enabled = true, refetchInterval } = options;
  const query = useInfiniteQuery<Page<R>, Problem, { pages: Page<R>[] }, readonly unknown[], string | undefined>({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => body(fetch({ cursor: pageParam, signal }) as Promise<{ data?: Page<R> }>),
    initialPageParam: undefined,
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: ({ state }) => refetchInterval?.(state.data?.pages.flatMap((page) => page.results) ?? []) ?? false,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.results) ?? [], [query.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { rows, more, query, count: query.data?.pages[0]?.count ?? undefined };
}
