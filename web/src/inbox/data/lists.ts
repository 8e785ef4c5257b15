/** Conversations in the query cache: every list that shows one is patched in place, and its order kept right. */
import type { InfiniteData } from '@tanstack/react-query';
import { queryClient } from '../../lib/api';
import { type Conversation, conversationQuery, type ListFilter, statsQuery } from '../../lib/inbox';
import { waitingSince } from './waiting';

type Page = { results: Conversation[]; next?: string | null };
type Pages = InfiniteData<Page, string | undefined>;
const lastAt = (one: Conversation) => one.last_message_at ?? one.created_at;

/** Whether a conversation belongs into a list. */
export function matches(one: Conversation, filter: ListFilter, me: string | undefined): boolean {
  if (filter.view === 'mine' && one.assignee !== me) return false;
  if (filter.view === 'unassigned' && one.assignee) return false;
  if (filter.status !== 'ANY' && one.status !== filter.status) return false;
  if (filter.bot && one.bot_app_id !== filter.bot) return false;
  if (filter.label && !one.labels.includes(filter.label)) return false;
  if (filter.waiting && !isLate(one, filter.waiting)) return false;
  return !filter.unread || one.unread_count > 0;
}
const isLate = (one: Conversation, minutes: number) =>
  waitingSince(one) > 0 && Date.now() - waitingSince(one) >= minutes * 60_000;

/** Where a row stands: what is greater stands higher. */
export const rankOf = (one: Conversation, sort: ListFilter['sort']): string =>
  sort === 'waiting' ? String(waitingSince(one) ? 1e16 - waitingSince(one) : 0).padStart(17, '0') : lastAt(one);

/** A list with one conversation as it now is: replaced, moved to its place, added or taken out. */
export function placed(pages: Pages, one: Conversation, belongs: boolean, sort?: ListFilter['sort']): Pages {
  const rank = (other: Conversation) => rankOf(other, sort);
  const all = pages.pages.flatMap((page) => page.results);
  const before = all.find((other) => other.id === one.id);
  if (before && belongs && rank(before) === rank(one)) {
    const swap = (other: Conversation) => (other.id === one.id ? one : other);
    return { ...pages, pages: pages.pages.map((page) => ({ ...page, results: page.results.map(swap) })) };
  }
  const rest = all.filter((other) => other.id !== one.id);
  if (belongs) {
    const at = rest.findIndex((other) => rank(other) < rank(one));
    const hasMore = !!pages.pages.at(-1)?.next;
    // Below the last loaded row it will come with its page.
    if (at >= 0) rest.splice(at, 0, one);
    else if (!hasMore) rest.push(one);
  }
  const [first, ...others] = pages.pages;
  if (!first) return pages;
  // The pages' borders don't matter to anybody: only the last cursor does.
  const emptied = others.map((page) => ({ ...page, results: [] }));
  return { ...pages, pages: [{ ...first, results: rest }, ...emptied] };
}

/** A conversation as the server now tells it. */
export function putConversation(one: Conversation, me: string | undefined) {
  queryClient.setQueryData(conversationQuery(one.id).queryKey, one);
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ['inbox', 'list'] })) {
    const filter = query.queryKey[2] as ListFilter;
    queryClient.setQueryData<Pages>(
      query.queryKey,
      (pages) => pages && placed(pages, one, matches(one, filter, me), filter.sort),
    );
  }
}

/** What is known of a conversation, from its own query or any list. */
export function knownConversation(id: string): Conversation | undefined {
  const own = queryClient.getQueryData(conversationQuery(id).queryKey);
  if (own) return own;
  for (const [, pages] of queryClient.getQueriesData<Pages>({ queryKey: ['inbox', 'list'] })) {
    const found = pages?.pages.flatMap((page) => page.results).find((one) => one.id === id);
    if (found) return found;
  }
}

const READ_ANEW_MS = 300;
const AT_ONCE_MAX = 8;
let waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads a conversation anew soon; many events about one are one request, and very many are one of the list. */
export function readAnew(id: string, me: string | undefined) {
  waiting.add(id);
  if (timer) return;
  timer = setTimeout(() => {
    const ids = [...waiting];
    waiting = new Set();
    timer = undefined;
    countAnew();
    if (ids.length > AT_ONCE_MAX) {
      void queryClient.invalidateQueries({ queryKey: ['inbox', 'list'] });
      void queryClient.invalidateQueries({ queryKey: ['inbox', 'conversation'] });
      return;
    }
    for (const one of ids) {
      const query = { ...conversationQuery(one), staleTime: 0, retry: 1 };
      queryClient.fetchQuery(query).then(
        (found) => putConversation(found, me),
        () => undefined,
      );
    }
  }, READ_ANEW_MS);
}

let counting: ReturnType<typeof setTimeout> | undefined;
/** The numbers on tabs and in the title come from the server, at most once a second. */
export function countAnew() {
  if (counting) return;
  counting = setTimeout(() => {
    counting = undefined;
    void queryClient.invalidateQueries({ queryKey: statsQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ['inbox', 'counts'] });
  }, 1_000);
}
