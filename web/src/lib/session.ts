import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryClient, request } from './api';
import { Problem } from './problem';
import { session } from './session-state';

export type Role = 'OWNER' | 'ADMIN' | 'MANAGER' | 'AGENT' | 'VIEWER';
export type Session = {
  user: { id: string; name: string; email: string };
  tenant: { id: string; name: string };
  tenants: { id: string; name: string; role?: Role }[];
  role: Role;
  csrf_token: string;
  build: string;
};
export type Setup = { needed: boolean; has_users: boolean; demo: { email: string; password: string } | null };
export type Credentials = { email: string; password: string; code?: string; remember?: boolean };
export type FirstRun = { workspace_name: string; name: string; email: string; password: string };

const keep = (given: Session) => {
  session.begin(given.csrf_token);
  return given;
};

export const sessionQuery = queryOptions<Session, Problem>({
  queryKey: ['session'],
  queryFn: async () => keep(await request<Session>('/session/')),
  staleTime: 5 * 60_000,
  retry: (count, problem) => problem.isOffline && count < 2,
});

/** Who is signed in; only for pages inside the shell, which loads it first. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('there is no session here');
  return data;
}

const ROLES: Role[] = ['VIEWER', 'AGENT', 'MANAGER', 'ADMIN', 'OWNER'];
/** Whether the one who is signed in has at least this role. */
export const useIsAtLeast = (role: Role) => ROLES.indexOf(useSession().role) >= ROLES.indexOf(role);

const json = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
// Other tabs follow a sign-in and a sign-out.
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('session');

export const readSetup = () => request<Setup>('/setup/');

async function enter(path: string, given: unknown): Promise<Session> {
  await request(path, json(given));
  const now = keep(await request<Session>('/session/'));
  queryClient.setQueryData(sessionQuery.queryKey, now);
  tabs?.postMessage('in');
  return now;
}
export const signIn = (given: Credentials) => enter('/session/', given);
export const acceptInvite = (token: string, given: { name?: string; password: string; code?: string }) =>
  enter(`/invites/${token}/`, given);
export const setUp = (given: FirstRun) => enter('/setup/', given);

/** Every request after it is for the other workspace; nothing of the first one may stay in sight, in no tab. */
export async function switchTenant(id: string) {
  await request('/session/', { method: 'PATCH', body: JSON.stringify({ tenant_id: id }) });
  tabs?.postMessage('switched');
  restart();
}
function restart() {
  queryClient.clear();
  location.assign(import.meta.env.BASE_URL);
}

export async function signOut() {
  try {
    await request('/session/', { method: 'DELETE' });
  } catch (error) {
    // Whose session is over is signed out already.
    if (!(error instanceof Problem) || error.status !== 401) throw error;
  }
  tabs?.postMessage('out');
  leave();
}

function leave() {
  queryClient.clear();
  location.assign('/app/sign-in');
}
tabs?.addEventListener('message', ({ data }) => {
  if (data === 'out') leave();
  else if (data === 'switched') restart();
  else queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
});
