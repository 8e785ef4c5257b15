/**
 * What was written and is not at the server yet. One conversation's entries go one after another, each under its own
 * Idempotency-Key, so that trying again never doubles. Without a connection they wait and go by themselves; what the
 * server refuses stays with the reason. Text survives a reload; files can't.
 */
import { request } from '../../lib/api';
import type { Entry } from '../../lib/inbox';
import { Problem } from '../../lib/problem';
import { onStream } from '../../lib/stream';
import { upload } from '../../lib/upload';
import { watched } from '../../lib/watched';
import type { Chosen } from '../../lib/whatsapp';
import type { Attachment } from '../composer/attachment';
import { PARSE_MODE } from '../composer/format';
import type { Mode } from './drafts';
import { put } from './timeline';

export type Outgoing = {
  /** Ours; also the Idempotency-Key. */
  id: string;
  conversation: string;
  mode: Mode;
  text: string;
  replyTo?: string | undefined;
  mentions?: string[] | undefined;
  files?: Attachment[] | undefined;
  scheduled?: string | undefined;
  isSilent?: boolean | undefined;
  /** Another channel than the one that the person used last. */
  platform?: Entry['platform'] | undefined;
  /** Goes instead of the text, which only shows how it will read. */
  template?: Chosen | undefined;
  at: number;
  state: 'sending' | 'waiting' | 'failed';
  why?: string | undefined;
  /** How much of the files has gone, 0 to 1. */
  share?: number | undefined;
  /** The server's row, when the stream told it before the answer came. */
  entry?: string | undefined;
};

const KEPT = 'outbox:';
const WAIT_MS_MAX = 15_000;
const outbox = watched<Outgoing[]>([]);
const busy = new Set<string>();
const aborts = new Map<string, AbortController>();
const after = new Map<string, () => void>();
/** Rows keep the key of the row that they replace. */
const keys = new Map<string, string>();

export const useOutbox = () => outbox.use();
export const rowKey = (entry: string) => keys.get(entry) ?? entry;

function keep(item: Outgoing) {
  if (item.files?.length) return;
  try {
    localStorage.setItem(KEPT + item.id, JSON.stringify(item));
  } catch {
    // Storage is full: it lives as long as the page.
  }
}
function change(id: string, how: Partial<Outgoing>) {
  outbox.set((all) => all.map((item) => (item.id === id ? { ...item, ...how } : item)));
  const item = outbox.get().find((one) => one.id === id);
  if (item && how.share === undefined) keep(item);
}
function drop(id: string) {
  outbox.set((all) => all.filter((item) => item.id !== id));
  localStorage.removeItem(KEPT + id);
  aborts.delete(id);
}

export type New = Omit<Outgoing, 'id' | 'at' | 'state'> & { onSent?: (() => void) | undefined };
export function enqueue({ onSent, ...given }: New) {
  const item: Outgoing = { ...given, id: crypto.randomUUID(), at: Date.now(), state: 'sending' };
  if (onSent) after.set(item.id, onSent);
  outbox.set((all) => [...all, item]);
  keep(item);
  void pump(item.conversation);
}
export function retry(id: string) {
  change(id, { state: 'sending', why: undefined });
  const item = outbox.get().find((one) => one.id === id);
  if (item) void pump(item.conversation);
}
/** Takes it back to where it was written. */
export function discard(id: string): Outgoing | undefined {
  const item = outbox.get().find((one) => one.id === id);
  aborts.get(id)?.abort();
  after.delete(id);
  drop(id);
  return item;
}

async function pump(conversation: string, wait = 1_000): Promise<void> {
  if (busy.has(conversation)) return;
  const item = outbox.get().find((one) => one.conversation === conversation && one.state !== 'failed');
  if (!item) return;
  busy.add(conversation);
  try {
    const entry = await send(item);
    keys.set(entry.id, item.id);
    // What the stream told of it meanwhile is newer than this answer.
    if (!outbox.get().some((one) => one.id === item.id && one.entry)) put(conversation, entry);
    drop(item.id);
    after.get(item.id)?.();
    after.delete(item.id);
    busy.delete(conversation);
    return pump(conversation);
  } catch (error) {
    busy.delete(conversation);
    if (error instanceof DOMException) return pump(conversation);
    const problem = Problem.of(error);
    const passes = problem.isOffline || problem.status === 429 || problem.code === 'idempotency_key_in_use';
    if (!passes) {
      change(item.id, { state: 'failed', why: problem.message });
      return pump(conversation);
    }
    change(item.id, { state: 'waiting', why: problem.isOffline ? undefined : problem.message });
    const pause = problem.retryAfter ? problem.retryAfter * 1000 : wait;
    setTimeout(() => void pump(conversation, Math.min(WAIT_MS_MAX, wait * 2)), pause);
  }
}

function send(item: Outgoing): Promise<Entry> {
  const path = `/team-inbox/api/conversations/${item.conversation}/messages/`;
  const fields = fieldsOf(item);
  if (!item.files?.length) {
    const body = JSON.stringify(fields);
    return request<Entry>(path, { method: 'POST', headers: { 'Idempotency-Key': item.id }, body });
  }
  const abort = new AbortController();
  aborts.set(item.id, abort);
  const onProgress = (share: number) => change(item.id, { share });
  return upload<Entry>({ path, form: formOf(fields, item.files), key: item.id, onProgress, signal: abort.signal });
}

type Fields = Record<string, unknown>;
function fieldsOf(item: Outgoing): Fields {
  if (item.mode === 'note') return { type: 'note', text: item.text };
  if (item.template) return { template: item.template, platform: item.platform };
  const fields: Fields = { [item.files?.length ? 'caption' : 'text']: item.text, ...PARSE_MODE };
  if (item.platform) fields.platform = item.platform;
  if (!item.text) delete fields.caption;
  if (item.replyTo) fields.reply_to_message_id = item.replyTo;
  if (item.scheduled) fields.scheduled_time = item.scheduled;
  if (item.isSilent) fields.disable_notification = true;
  return fields;
}

/** One file goes in a part named as its kind, several as an album. */
export function formOf(fields: Fields, files: Attachment[]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const [first] = files;
  if (files.length === 1 && first) {
    form.set(first.kind, first.file, first.file.name);
    return form;
  }
  const items = files.map((one, at) => ({ type: one.kind, media: `attach://file${at}` }));
  form.set('media_group', JSON.stringify(items));
  files.forEach((one, at) => {
    form.set(`file${at}`, one.file, one.file.name);
  });
  return form;
}

/** The stream may tell our own message before the answer to it arrives: then only one of the two rows shows. */
export function isOurs(conversation: string, entry: Entry, me: string): boolean {
  if (entry.author.id !== me || entry.kind === 'activity' || keys.has(entry.id)) return false;
  const item = outbox.get().find((one) => one.conversation === conversation && one.state === 'sending' && !one.entry);
  if (!item || (item.mode === 'note') !== (entry.kind === 'note')) return false;
  keys.set(entry.id, item.id);
  change(item.id, { entry: entry.id });
  return true;
}

/** When the app starts: what an earlier page left, and what to do when the connection is back. */
export function startOutbox() {
  const left: Outgoing[] = [];
  for (let at = 0; at < localStorage.length; at++) {
    const key = localStorage.key(at) ?? '';
    if (!key.startsWith(KEPT)) continue;
    try {
      left.push(JSON.parse(localStorage.getItem(key) ?? ''));
    } catch {
      localStorage.removeItem(key);
    }
  }
  outbox.set(left.sort((a, b) => a.at - b.at));
  const all = () => {
    for (const conversation of new Set(outbox.get().map((item) => item.conversation))) void pump(conversation);
  };
  window.addEventListener('online', all);
  onStream('reset', all);
  all();
}
