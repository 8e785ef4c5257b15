/** The sandbox's people on WhatsApp, and their threads with our numbers. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, body, queryClient, request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { onStream } from '../../lib/stream';
import { toast } from '../../lib/toasts';
import { act } from './api';

export type WaPerson = { wa_id: string; name: string; receipts: boolean; online: boolean };
export type WaNumber = { id: string; verified_name: string; display_phone_number: string };
type Header = { type: string; text?: string };
export type WaMessage = {
  id: string;
  is_own: boolean;
  at_ms: number;
  type: string;
  content: {
    body?: string | { text: string };
    text?: string;
    caption?: string;
    id?: string;
    filename?: string;
    name?: string;
    voice?: boolean;
    header?: Header;
    footer?: { text: string };
    button_reply?: { title: string };
    list_reply?: { title: string };
    action?: {
      buttons?: { reply: { title: string } }[];
      sections?: { rows: { title: string; description?: string }[] }[];
      parameters?: { display_text?: string; url?: string };
    };
  };
  shown?: { body?: string; footer?: string; header?: Header; buttons?: { type: string; text?: string }[] };
  reply_to?: string;
  status: 'accepted' | 'held' | 'sent' | 'delivered' | 'read' | 'failed';
  error?: number;
  reaction_of_person: string | null;
  reaction_of_business: string | null;
};
export type WaThread = {
  messages: WaMessage[];
  is_window_open: boolean;
  is_typing: boolean;
  stopped_marketing: boolean;
};

const read = <T>(path: string, signal: AbortSignal) => request<T>(`/sandbox/graph/${path}`, { signal });

export const waQuery = queryOptions({
  queryKey: ['sandbox', 'graph'],
  queryFn: async ({ signal }) => {
    const [{ numbers }, { people }] = await Promise.all([
      read<{ numbers: WaNumber[] }>('numbers', signal),
      read<{ people: WaPerson[] }>('people', signal),
    ]);
    return { numbers, people };
  },
  retry: false,
});

const EMPTY: WaThread = { messages: [], is_window_open: false, is_typing: false, stopped_marketing: false };
export const threadQuery = (number: string, person: string) =>
  queryOptions({
    queryKey: ['sandbox', 'thread', number, person],
    queryFn: ({ signal }) =>
      read<WaThread>(`threads/${number}/${person}?limit=200`, signal).catch((error) => {
        if (Problem.of(error).status !== 404) throw error;
        return EMPTY;
      }),
  });

/** Acts for a person on WhatsApp. */
export const waAct = (person: string, what: string, number: string, given: object = {}) =>
  act(`graph/people/${person}/${what}`, { number, ...given });

export async function patchPerson(person: string, change: Partial<WaPerson>) {
  try {
    await request(`/sandbox/graph/people/${person}`, { method: 'PATCH', body: JSON.stringify(change) });
    void queryClient.invalidateQueries({ queryKey: waQuery.queryKey });
  } catch (error) {
    toast(Problem.of(error).message, { kind: 'failed' });
  }
}

/** The inbox's conversation with somebody, by their phone, once there is one. */
export function useWaConversation(person: string | undefined): string | undefined {
  const client = useQueryClient();
  const found = useQuery({
    queryKey: ['sandbox', 'conversation', 'whatsapp', person],
    enabled: !!person,
    queryFn: async () => {
      const query = { search: `+${person}`, page_size: 5 };
      const page = await body(api.GET('/team-inbox/api/conversations/', { params: { query } }));
      const isTheirs = (one: (typeof page.results)[number]) =>
        one.contact.phone === `+${person}` || one.contact.identities.some((id) => id.external_id === person);
      return page.results.find(isTheirs)?.id ?? null;
    },
    refetchInterval: (query) => (query.state.data ? false : 2_000),
  }).data;
  useEffect(
    () =>
      onStream('new_message', () => {
        if (!found) void client.invalidateQueries({ queryKey: ['sandbox', 'conversation', 'whatsapp'] });
      }),
    [found, client],
  );
  return found ?? undefined;
}
