/** What of the inbox is wanted, as it stands in the address. */
import type { ListFilter, View } from '../../lib/inbox';
import type { Search } from '../../lib/search';

const VIEWS: View[] = ['mine', 'unassigned', 'all'];
const STATUSES: ListFilter['status'][] = ['OPEN', 'SNOOZED', 'CLOSED', 'ANY'];

export function filterOf(search: Search): ListFilter {
  const view = VIEWS.find((one) => one === search.view) ?? 'all';
  const status = STATUSES.find((one) => one === search.status?.toUpperCase()) ?? 'OPEN';
  return {
    view,
    status,
    bot: search.bot || undefined,
    label: search.label || undefined,
    unread: search.unread === '1' || undefined,
    waiting: Number(search.waiting) || undefined,
    sort: search.sort === 'waiting' ? 'waiting' : undefined,
  };
}

/** How many filters are on, besides the view. */
export const filtersOn = (filter: ListFilter): number =>
  [filter.status !== 'OPEN', filter.bot, filter.label, filter.unread, filter.waiting, filter.sort].filter(Boolean)
    .length;

export const NO_FILTERS = { status: '', bot: '', label: '', unread: '', waiting: '', sort: '' };
