/** The sandbox's control API, under our own address in a demo. */
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { request, type Schemas } from '../../lib/api';
import { eventParser } from '../../lib/event-stream';
import { Problem } from '../../lib/problem';
import { toast } from '../../lib/toasts';

export type Person = { id: number; first_name: string; last_name?: string; username?: string; phone?: string };
export type Bot = { id: number; first_name: string; username: string };
type File = {
  file_unique_id: string;
  file_name?: string;
  file_size?: number;
  duration?: number;
  width?: number;
  height?: number;
  emoji?: string;
};
export type Message = {
  message_id: number;
  from?: { id: number; first_name: string };
  date: number;
  edit_date?: number;
  text?: string;
  caption?: string;
  entities?: Schemas['Entity'][];
  caption_entities?: Schemas['Entity'][];
  reply_to_message?: Message;
  photo?: File[];
  video?: File;
  animation?: File;
  audio?: File;
  voice?: File;
  video_note?: File;
  document?: File;
  sticker?: File;
  location?: { latitude: number; longitude: number };
  venue?: { title: string; address: string };
  contact?: { first_name: string; phone_number: string };
  dice?: { emoji: string; value: number };
  poll?: { question: string; options: { text: string; voter_count: number }[]; is_closed: boolean };
  reply_markup?: { inline_keyboard?: { text: string; url?: string }[][] };
  keyboard?: { keyboard?: { text: string }[][]; one_time_keyboard?: boolean };
  reactions?: { from: number; reactions: { emoji?: string }[] }[];
};
export type Chat = { messages: Message[]; started: boolean; blocked: boolean; action?: string | null };
export type Call = {
  seq: number;
  at_us: number;
  at_ms: number;
  method: string;
  chat_id: number | null;
  outcome?: { ok: boolean; status: number; description?: string; fault?: string; done_us: number };
};

const read = <T>(path: string, signal?: AbortSignal) => request<T>(`/sandbox/${path}`, signal ? { signal } : {});
export const post = <T>(path: string, body: unknown = {}) =>
  request<T>(`/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });

/** Acts for a person, and says why when that is refused. */
export async function act<T = unknown>(path: string, body: unknown = {}): Promise<T | undefined> {
  try {
    return await post<T>(path, body);
  } catch (error) {
    toast(Problem.of(error).message, { kind: 'failed' });
  }
}
export const clearFaults = () => request('/sandbox/faults', { method: 'DELETE' });

export const botsQuery = queryOptions({
  queryKey: ['sandbox', 'bots'],
  queryFn: async ({ signal }) => (await read<{ bots: Bot[] }>('bots', signal)).bots,
  retry: false,
});
export const peopleQuery = queryOptions({
  queryKey: ['sandbox', 'people'],
  queryFn: async ({ signal }) => (await read<{ users: Person[] }>('users?limit=200', signal)).users,
});
/** A chat as the phone has it, which is empty before its first message. */
export const readChat = (bot: number, person: number, signal?: AbortSignal) =>
  read<Chat>(`chats/${bot}/${person}/messages?limit=200`, signal).catch((error): Chat => {
    if (Problem.of(error).status !== 404) throw error;
    return { messages: [], started: false, blocked: false };
  });
export const chatQuery = (bot: number, person: number) =>
  queryOptions({
    queryKey: ['sandbox', 'chat', bot, person],
    queryFn: ({ signal }) => readChat(bot, person, signal),
  });
const CALLS = 200;
/** What a bot does all the time, which nobody wants to see. */
const ROUTINE = ['getUpdates', 'getWebhookInfo', 'getMe', 'setWebhook'];
export const callsQuery = queryOptions({
  queryKey: ['sandbox', 'calls'],
  queryFn: async ({ signal }) => {
    const { total } = await read<{ total: number }>('calls?limit=0', signal);
    const { calls } = await read<{ calls: Call[] }>(`calls?since=${Math.max(0, total - CALLS)}`, signal);
    return calls.filter((call) => !ROUTINE.includes(call.method));
  },
});
export const faultsQuery = queryOptions({
  queryKey: ['sandbox', 'faults'],
  queryFn: async ({ signal }) =>
    (await read<{ faults: { times?: number; met: number }[] }>('faults', signal)).faults.filter(
      (fault) => fault.met < (fault.times ?? Number.POSITIVE_INFINITY),
    ),
});

type Told = { type: string; bot?: number; chat?: number; number?: string; wa_id?: string };
const AGAIN_MS = 2_000;

/** Reads anew what an event concerns, for as long as the page is open. */
export function useHappenings() {
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const anew = (...key: unknown[]) => void client.invalidateQueries({ queryKey: ['sandbox', ...key] });
    const hear = ({ type, bot, chat, number, wa_id }: Told) => {
      if (type === 'call') {
        anew('calls');
        anew('faults');
      } else if (bot && chat) anew('chat', bot, chat);
      else if (type === 'graph_thread') anew('thread', number, wa_id);
      else if (type === 'graph_call') return;
      else anew();
    };
    const listen = async () => {
      while (!stop.signal.aborted) {
        try {
          const response = await fetch('/sandbox/events', { signal: stop.signal, credentials: 'same-origin' });
          if (!response.ok || !response.body) return;
          anew();
          const parse = eventParser((event) => hear(JSON.parse(event.data)));
          const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
          for (let read = await reader.read(); !read.done; read = await reader.read()) parse(read.value);
        } catch {
          // It comes back with the server.
        }
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    };
    void listen();
    return () => stop.abort();
  }, [client]);
}
