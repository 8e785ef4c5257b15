/**
 * Realtime: server-sent events, one connection per browser. The tab that holds the lock keeps the connection and tells
 * the other tabs by BroadcastChannel. Without a sign of life for 40 s the stream counts as down, and the page asks again
 * every 10 s until it is back; it resumes with Last-Event-ID, so nothing is missed.
 */
import { useSyncExternalStore } from 'react';
import { queryClient } from './api';
import { readStream, type ServerEvent } from './event-stream';

export type StreamEvent = { sequence: number; type: string; tenant_id?: string; [field: string]: unknown };
export type StreamType =
  | 'new_message'
  | 'message_updated'
  | 'message_status'
  | 'conversation_updated'
  | 'assignment_update'
  | 'ticket_update'
  | 'typing_indicator'
  | 'broadcast_progress'
  | 'contact_changed'
  | 'import_progress'
  | 'contact_job_progress'
  | 'bot_health'
  | 'presence'
  | 'webhook_endpoint_disabled'
  | 'hello'
  | 'reset';
type State = 'connecting' | 'live' | 'polling';
type Told = { kind: 'event'; event: StreamEvent } | { kind: 'state'; state: State } | { kind: 'hello' };

const ADDRESS = '/team-inbox/api/stream/';
const SILENCE_MS = 40_000;
const POLL_MS = 10_000;

let now = { state: 'connecting' as State, since: 0 };
const watchers = new Set<() => void>();
const handlers = new Map<string, Set<(event: StreamEvent) => void>>();

function become(state: State) {
  if (state === now.state) return;
  // `since` says when it went down, 0 while it never was.
  now = { state, since: state === 'live' ? 0 : now.since || (state === 'polling' ? Date.now() : 0) };
  for (const watcher of watchers) watcher();
}

function deliver(event: StreamEvent) {
  if (event.type === 'reset') void queryClient.invalidateQueries();
  for (const handler of handlers.get(event.type) ?? []) handler(event);
  for (const handler of handlers.get('*') ?? []) handler(event);
}

/** Calls `handler` for every event of a type, or of all types for `*`; answers with how to stop. */
export function onStream(type: StreamType | '*', handler: (event: StreamEvent) => void): () => void {
  const set = handlers.get(type) ?? new Set();
  handlers.set(type, set.add(handler));
  return () => void set.delete(handler);
}

/** Whether updates arrive by themselves, and since when they don't. */
export const useStream = () =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    () => now,
  );

/** Keeps a connection for as long as the tab lives. */
function connect(tell: (told: Told) => void) {
  let last = '';
  let tries = 0;
  let silence: ReturnType<typeof setTimeout>;
  let poll: ReturnType<typeof setInterval> | undefined;
  let attempt = new AbortController();
  const all = (told: Told) => {
    receive(told);
    tell(told);
  };
  const down = () => {
    attempt.abort();
    all({ kind: 'state', state: 'polling' });
    poll ??= setInterval(() => all({ kind: 'event', event: { sequence: Number(last), type: 'reset' } }), POLL_MS);
  };
  const onAlive = () => {
    tries = 0;
    clearTimeout(silence);
    silence = setTimeout(down, SILENCE_MS);
    clearInterval(poll);
    poll = undefined;
    all({ kind: 'state', state: 'live' });
  };
  const onEvent = ({ id, type, data }: ServerEvent) => {
    if (id) last = id;
    all({ kind: 'event', event: { sequence: Number(id), ...(data ? JSON.parse(data) : {}), type } });
  };
  const open = async () => {
    for (;;) {
      attempt = new AbortController();
      await readStream({ url: ADDRESS, lastId: last, signal: attempt.signal, onAlive, onEvent }).catch(() => {});
      clearTimeout(silence);
      tries += 1;
      // One break is nothing, a proxy's time-out; after that the page says so and asks by itself.
      if (tries > 1) down();
      else all({ kind: 'state', state: 'connecting' });
      await new Promise((done) => setTimeout(done, Math.min(POLL_MS, 500 * 2 ** tries)));
    }
  };
  silence = setTimeout(down, SILENCE_MS);
  void open();
  // After sleep, the connection is dead without knowing it.
  window.addEventListener('online', () => attempt.abort());
}

function receive(told: Told) {
  if (told.kind === 'state') become(told.state);
  if (told.kind === 'event') deliver(told.event);
}

let isStarted = false;
/** When the shell appears; again does nothing. */
export function startStream() {
  if (isStarted) return;
  isStarted = true;
  const channel = new BroadcastChannel('stream');
  let isLeader = false;
  channel.onmessage = ({ data }: { data: Told }) => {
    if (data.kind === 'hello') {
      if (isLeader) channel.postMessage({ kind: 'state', state: now.state } satisfies Told);
    } else receive(data);
  };
  channel.postMessage({ kind: 'hello' } satisfies Told);
  // Held until the tab goes; then the next one in the queue connects.
  void navigator.locks.request('stream', async () => {
    isLeader = true;
    connect((told) => channel.postMessage(told));
    await new Promise(() => {});
  });
}
