/** The people of the workspace, and the bots: who is meant by the ids in conversations. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body, request, type Schemas } from '../../lib/api';
import { useSession } from '../../lib/session';

export type Member = { id: string; name: string; email?: string; role?: string; away_until?: string | null };
export type Bot = Schemas['BotView'];

export const teamQuery = queryOptions({
  queryKey: ['team'],
  queryFn: async () => (await request<{ results: Member[] }>('/team-inbox/api/members/')).results,
  staleTime: 5 * 60_000,
  retry: false,
});

/** The team, who is signed in first. Without the right to list it, at least oneself. */
export function useTeam(): Member[] {
  const { user } = useSession();
  const { data } = useQuery(teamQuery);
  return [user, ...(data ?? []).filter((one) => one.id !== user.id)];
}

export function useMember(id: string | null | undefined): Member | undefined {
  const team = useTeam();
  return id ? (team.find((one) => one.id === id) ?? { id, name: '' }) : undefined;
}

export const botsQuery = queryOptions({
  queryKey: ['bots'],
  queryFn: async ({ signal }) =>
    (await body(api.GET('/telegram/v1/bots/', { params: { query: { page_size: 200 } }, signal }))).results,
  staleTime: 60_000,
});

export function useBot(id: string | null | undefined): Bot | undefined {
  const { data } = useQuery(botsQuery);
  return id ? data?.find((one) => one.id === id) : undefined;
}

export const cannedQuery = queryOptions({
  queryKey: ['canned'],
  queryFn: async ({ signal }) =>
    (await body(api.GET('/team-inbox/api/canned-responses/', { params: { query: { page_size: 200 } }, signal })))
      .results,
  staleTime: 60_000,
});
