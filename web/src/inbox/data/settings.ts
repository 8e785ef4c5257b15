import { queryOptions, useQuery } from '@tanstack/react-query';
import { request } from '../../lib/api';

const settingsQuery = queryOptions({
  queryKey: ['tenant', 'settings'],
  queryFn: () => request<{ inbox: { wait_target_minutes: number } }>('/tenants/settings/'),
  staleTime: 5 * 60_000,
  retry: false,
});
const TARGET_MINUTES = 60;

/** After how long a waiting contact is late. */
export const useWaitTarget = (): number =>
  (useQuery(settingsQuery).data?.inbox.wait_target_minutes ?? TARGET_MINUTES) * 60_000;
