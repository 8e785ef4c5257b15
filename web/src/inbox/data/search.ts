import { infiniteQueryOptions } from '@tanstack/react-query';
import { cursorOf, request } from '../../lib/api';
import type { Contact, Entry } from '../../lib/inbox';

export type Person = { contact: Contact; conversation_id?: string | null };
export type Hit = Pick<Entry, 'author' | 'created_at' | 'kind'> & {
  conversation_id: string;
  message_id: string;
  contact?: { id: string; name: string } | null;
  snippet: { text: string; highlights: { offset: number; length: number }[] };
};
type Found = { people: Person[]; results: Hit[]; next?: string | null };

export const searchQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['inbox', 'search', q] as const,
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(pageParam ? { q, cursor: pageParam } : { q });
      return request<Found>(`/team-inbox/api/search/?${query}`, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => cursorOf(last.next),
  });
