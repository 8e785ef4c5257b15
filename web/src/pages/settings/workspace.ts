/** What the whole workspace set; each part is saved by itself. */
import { queryOptions } from '@tanstack/react-query';
import { queryClient, request } from '../../lib/api';

export type Span = { day: string; from: string; to: string };
export type Workspace = {
  business_hours: { time_zone: string; spans: Span[] };
  inbox: {
    reopen_on_reply: boolean;
    assign_on_reply: boolean;
    round_robin: boolean;
    wait_target_minutes: number;
  };
  automation: {
    greeting: { is_on: boolean; text: string };
    away: { is_on: boolean; text: string; every_minutes: number };
  };
};

export const workspaceQuery = queryOptions({
  queryKey: ['workspace-settings'],
  queryFn: ({ signal }) => request<Workspace>('/tenants/settings/', { signal }),
});

export async function changeWorkspace(part: object) {
  const next = await request<Workspace>('/tenants/settings/', { method: 'PATCH', body: JSON.stringify(part) });
  queryClient.setQueryData(workspaceQuery.queryKey, next);
}
