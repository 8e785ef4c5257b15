import { queryOptions } from '@tanstack/react-query';
import { api, body, queryClient, request, type Schemas } from '../../lib/api';
import { count } from '../../lib/time';
import type { Tone } from '../../ui/chip';
import { t } from './t';

export type Broadcast = Schemas['BroadcastView'];
export type Recipient = Schemas['RecipientView'];
export type Status = Broadcast['status'];

export const TONES: Record<Status, Tone> = {
  DRAFT: 'plain',
  SCHEDULED: 'accent',
  QUEUED: 'accent',
  SENDING: 'accent',
  PAUSED: 'warn',
  SENT: 'ok',
  PARTIALLY_SENT: 'warn',
  FAILED: 'bad',
  CANCELLED: 'plain',
};
export const STATUSES = Object.keys(TONES) as Status[];
export const isRunning = (one: Broadcast) => one.status === 'QUEUED' || one.status === 'SENDING';
export const isOpen = (one: Broadcast) => isRunning(one) || one.status === 'PAUSED' || one.status === 'SCHEDULED';
const FAST_MS = 1_000;
const SLOW_MS = 15_000;
export const pace = (running: boolean) => (running ? FAST_MS : SLOW_MS);

export const broadcastQuery = (id: string) =>
  queryOptions({
    queryKey: ['broadcasts', 'one', id] as const,
    queryFn: ({ signal }) => body<Broadcast>(api.GET('/broadcast/{id}/', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data ? pace(isRunning(state.data)) : false),
  });

/** The parts of the bar, in the order in which they are read. */
export const parts = (one: Broadcast) => [
  { value: one.sent, tone: 'ok' as const, label: `${t('sent')} ${count(one.sent)}` },
  { value: one.unknown, tone: 'warn' as const, label: `${t('unknown')} ${count(one.unknown)}` },
  { value: one.failed, tone: 'bad' as const, label: `${t('failed')} ${count(one.failed)}` },
  {
    value: one.blocked + one.skipped + one.cancelled,
    tone: 'plain' as const,
    label: `${t('skipped')} ${count(one.blocked + one.skipped + one.cancelled)}`,
  },
];
export const ended = (one: Broadcast) => parts(one).reduce((sum, part) => sum + part.value, 0);

export type Action = 'pause' | 'resume' | 'cancel' | 'start' | 'retry_failed' | 'retry_unknown' | 'duplicate';
/** Does it, and shows at once what came of it. */
export async function act(id: string, action: Action): Promise<Broadcast> {
  const next = await request<Broadcast>(`/broadcast/${id}/${action}/`, { method: 'POST' });
  told(next);
  return next;
}
export function told(next: Broadcast) {
  queryClient.setQueryData(broadcastQuery(next.id).queryKey, next);
  void queryClient.invalidateQueries({ queryKey: ['broadcasts'] });
}
const REASONS = {
  no_chat: 'no_chat',
  do_not_contact: 'do_not_contact',
  blocked: 'reason_blocked',
  opted_out: 'opted_out',
  bot_inactive: 'bot_inactive',
  no_phone: 'no_phone',
  window_closed: 'window_closed',
  no_template: 'no_template',
  contact_deleted: 'contact_deleted',
} as const;
/** Why somebody did not get it. */
export function reasonWords(reason: string): string {
  const key = REASONS[reason as keyof typeof REASONS];
  return key ? t(key) : reason.replaceAll('_', ' ');
}
/** A length of time in words for people: seconds matter only when there are few. */
export const length = (seconds: number, lasting: (ms: number) => string) =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))}s` : lasting(seconds * 1000);
