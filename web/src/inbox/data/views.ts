/** Lists that are kept under a name, in the words of the API, and as the address has them. */
import { queryOptions } from '@tanstack/react-query';
import { queryClient, request } from '../../lib/api';
import type { ListFilter } from '../../lib/inbox';
import type { Search } from '../../lib/search';

export type SavedView = { id: string; name: string; query: string; shared: boolean };

export const viewsQuery = queryOptions({
  queryKey: ['inbox', 'views'],
  queryFn: async () => (await request<{ results: SavedView[] }>('/team-inbox/api/views/?page_size=100')).results,
  staleTime: 60_000,
});

const ASSIGNEES = { mine: 'me', unassigned: 'none', all: '' };
export function queryOf(filter: ListFilter): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | undefined) => {
    if (value) query.set(name, value);
  };
  set('status', filter.status === 'ANY' ? '' : filter.status);
  set('assignee', ASSIGNEES[filter.view]);
  set('bot', filter.bot);
  set('label', filter.label);
  set('unread', filter.unread ? 'true' : '');
  set('waiting_minutes', String(filter.waiting ?? ''));
  set('ordering', filter.sort ? 'waiting_since' : '');
  return query.toString();
}

/** All parts of the address, also those that a view leaves empty. */
export function searchOf(view: SavedView): Search {
  const query = new URLSearchParams(view.query);
  const of = (name: string) => query.get(name) ?? '';
  const status = of('status').toLowerCase() || 'any';
  return {
    view: { me: 'mine', none: 'unassigned' }[of('assignee')] ?? '',
    status: status === 'open' ? '' : status,
    bot: of('bot'),
    label: of('label'),
    unread: of('unread') === 'true' ? '1' : '',
    waiting: of('waiting_minutes'),
    sort: of('ordering') === 'waiting_since' ? 'waiting' : '',
    q: '',
  };
}

const anew = () => queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });
export async function keepView(name: string, filter: ListFilter, shared: boolean) {
  const body = JSON.stringify({ name, query: queryOf(filter), shared });
  await request('/team-inbox/api/views/', { method: 'POST', body });
  await anew();
}
export async function dropView(id: string) {
  await request(`/team-inbox/api/views/${id}/`, { method: 'DELETE' });
  await anew();
}
