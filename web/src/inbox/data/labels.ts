/** Names of labels: those that the workspace keeps, and those that loaded conversations wear. */
import { queryOptions } from '@tanstack/react-query';
import { queryClient, request } from '../../lib/api';
import type { Conversation } from '../../lib/inbox';

type Pages = { pages: { results: Conversation[] }[] };

/** What is worn by the conversations that are loaded. */
function worn(): string[] {
  const lists = queryClient.getQueriesData<Pages>({ queryKey: ['inbox', 'list'] });
  return lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.results.flatMap((one) => one.labels)) ?? []);
}

export const labelsQuery = queryOptions({
  queryKey: ['inbox', 'labels'],
  queryFn: async () => {
    const kept = await request<{ results: { name: string }[] }>(
      '/team-inbox/api/labels/?page_size=200&ordering=name',
    ).then(
      (page) => page.results.map((label) => label.name),
      () => [],
    );
    return [...new Set([...kept, ...worn()])].sort((a, b) => a.localeCompare(b));
  },
  staleTime: 30_000,
});
