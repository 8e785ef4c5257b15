import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, cursorOf, request, type Schemas } from './api';

export type Conversation = Schemas['ConversationView'];
export type Entry = Schemas['EntryView'];
export type Contact = Schemas['ContactView'];
export type Stats = Schemas['StatsView'];
export type View = 'mine' | 'unassigned' | 'all';
/** What of the list is wanted; it stands in the address. */
export type ListFilter = {
  view: View;
  status: 'OPEN' | 'SNOOZED' | 'CLOSED' | 'ANY';
  bot?: string | undefined;
  label?: string | undefined;
  unread?: boolean | undefined;
  /** Only those who have waited for so many minutes. */
  waiting?: number | undefined;
  /** `waiting`: who has waited longest comes first. */
  sort?: 'waiting' | undefined;
};

/** What to call a contact; the last resort is its chat id. */
export function nameOf(
  contact: Pick<Contact, 'first_name' | 'last_name' | 'telegram_username' | 'telegram_chat_id' | 'phone'>,
): string {
  const name = `${contact.first_name} ${contact.last_name}`.trim();
  return name || contact.telegram_username || contact.phone || String(contact.telegram_chat_id ?? '?');
}

/** A topic or a business account comes before whose it is. */
export const titleOf = (one: Pick<Conversation, 'title' | 'contact'>) =>
  one.title ? `${one.title} · ${nameOf(one.contact)}` : nameOf(one.contact);

export const statsQuery = queryOptions({
  queryKey: ['inbox', 'stats'],
  queryFn: ({ signal }) => body<Stats>(api.GET('/team-inbox/api/stats/', { signal })),
});

/** How many conversations a filter leaves, of whom. `most` is where the server stops counting. */
export type Counts = { mine: number; unassigned: number; all: number; most: number };
export const countsQuery = (filter: ListFilter) => {
  const { view: _, sort: __, ...rest } = filter;
  return queryOptions({
    queryKey: ['inbox', 'counts', rest] as const,
    queryFn: ({ signal }) => {
      const { status, bot, label, unread, waiting } = rest;
      const asked = { status: status === 'ANY' ? undefined : status, bot, label, unread, waiting_minutes: waiting };
      const query = new URLSearchParams(Object.entries(strip(asked)).map(([name, value]) => [name, String(value)]));
      return request<Counts>(`/team-inbox/api/conversations/counts/?${query}`, { signal });
    },
  });
};

const PAGE = 50;
const ASSIGNEE = { mine: 'me', unassigned: 'none', all: undefined } as const;
export const listQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: ['inbox', 'list', filter] as const,
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        page_size: PAGE,
        cursor: pageParam,
        assignee: ASSIGNEE[filter.view],
        status: filter.status === 'ANY' ? undefined : filter.status,
        bot: filter.bot,
        label: filter.label,
        unread: filter.unread,
        waiting_minutes: filter.waiting,
        ordering: filter.sort && 'waiting_since',
      };
      return body(api.GET('/team-inbox/api/conversations/', { params: { query: strip(query) }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => cursorOf(last.next),
  });

/** Only what is asked for: an empty parameter is an invalid one. */
const strip = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== '')) as T;

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['inbox', 'conversation', id] as const,
    queryFn: ({ signal }) =>
      body<Conversation>(api.GET('/team-inbox/api/conversations/{id}/', { params: { path: { id } }, signal })),
  });

export const searchPeopleQuery = (search: string) =>
  queryOptions({
    queryKey: ['inbox', 'people', search] as const,
    queryFn: async ({ signal }) => {
      const query = strip({ search, page_size: 10 });
      return (await body(api.GET('/team-inbox/api/conversations/', { params: { query }, signal })))
        .results as Conversation[];
    },
  });
