import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import createClient, { type Middleware } from 'openapi-fetch';
import { Problem } from './problem';
import type { components, paths } from './schema';
import { session } from './session-state';

export type Schemas = components['schemas'];

/** The cookie says who we are; the header proves that it is this page that asks. */
const credentials: Middleware = {
  onRequest({ request }) {
    if (!/^(GET|HEAD)$/.test(request.method)) request.headers.set('X-CSRF-Token', session.csrf());
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return response;
    const problem = await Problem.read(response);
    // Signing in answers 401 to a wrong pair; everything else means that the session is over.
    if (problem.status === 401 && !request.url.includes('/session/')) session.end();
    throw problem;
  },
  onError({ error }) {
    return Problem.of(error);
  },
};

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' });
api.use(credentials);

/** The answer's body. A failure has already been thrown as a `Problem`. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** For addresses that the description does not type, such as uploads and streams. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = new Headers(init.headers);
  if (init.method && init.method !== 'GET') headers.set('X-CSRF-Token', session.csrf());
  if (typeof init.body === 'string' && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const response = await fetch(path, { credentials: 'same-origin', ...init, headers }).catch((error) => {
    throw Problem.of(error);
  });
  if (!response.ok) {
    const problem = await Problem.read(response);
    if (problem.status === 401 && !path.startsWith('/session/')) session.end();
    throw problem;
  }
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The cursor in a listing's `next` or `previous` address. */
export const cursorOf = (url: string | null | undefined): string | undefined =>
  (url && new URL(url, location.origin).searchParams.get('cursor')) || undefined;

export const queryClient = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      // What the server refused stays refused; only an absent server is asked again.
      retry: (count, error) => count < 2 && (!(error instanceof Problem) || error.isOffline || error.status >= 500),
    },
  },
});
