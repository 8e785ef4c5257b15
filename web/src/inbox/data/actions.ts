/** What is done to conversations: at once on the screen, then at the server, with six seconds to take it back. */
import { api, body } from '../../lib/api';
import type { Conversation } from '../../lib/inbox';
import { Problem } from '../../lib/problem';
import { toast } from '../../lib/toasts';
import { t } from '../t';
import { countAnew, knownConversation, putConversation } from './lists';

export type Act =
  | { do: 'assign'; to: string | null; name: string }
  | { do: 'close' }
  | { do: 'reopen' }
  | { do: 'snooze'; until: string; wakes?: boolean }
  | { do: 'labels'; labels: string[] }
  | { do: 'read' }
  | { do: 'unread' };

const at = (id: string) => ({ params: { path: { id } } });
const BASE = '/team-inbox/api/conversations/{id}';

function send(id: string, act: Act): Promise<Conversation> {
  switch (act.do) {
    case 'assign':
      return body(api.POST(`${BASE}/assign/`, { ...at(id), body: { assignee: act.to } }));
    case 'close':
      return body(api.POST(`${BASE}/close/`, at(id)));
    case 'reopen':
      return body(api.POST(`${BASE}/reopen/`, at(id)));
    case 'snooze':
      return body(
        api.POST(`${BASE}/snooze/`, {
          ...at(id),
          body: { until: act.until, wake_on_reply: act.wakes ?? true } as never,
        }),
      );
    case 'labels':
      return body(api.PUT(`${BASE}/labels/`, { ...at(id), body: { labels: act.labels } }));
    case 'read':
      return body(api.POST(`${BASE}/mark_read/`, at(id)));
    case 'unread':
      return body(api.POST(`${BASE}/mark_unread/` as never, at(id) as never));
  }
}

/** What it will look like, so that nobody waits for the server. */
function foreseen(one: Conversation, act: Act): Conversation {
  switch (act.do) {
    case 'assign':
      return { ...one, assignee: act.to };
    case 'close':
      return { ...one, status: 'CLOSED', snoozed_until: null };
    case 'reopen':
      return { ...one, status: 'OPEN', snoozed_until: null };
    case 'snooze':
      return { ...one, status: 'SNOOZED', snoozed_until: act.until };
    case 'labels':
      return { ...one, labels: act.labels };
    case 'read':
      return { ...one, unread_count: 0 };
    case 'unread':
      return { ...one, unread_count: Math.max(1, one.unread_count) };
  }
}

/** What takes an act back. */
function reverse(one: Conversation, act: Act): Act | undefined {
  switch (act.do) {
    case 'assign':
      return { do: 'assign', to: one.assignee ?? null, name: '' };
    case 'labels':
      return { do: 'labels', labels: one.labels };
    case 'close':
    case 'reopen':
    case 'snooze':
      if (one.status === 'SNOOZED' && one.snoozed_until) return { do: 'snooze', until: one.snoozed_until };
      return { do: one.status === 'CLOSED' ? 'close' : 'reopen' };
    default:
      return undefined;
  }
}

const underWay = new Map<string, Promise<unknown>>();

/** Sends a conversation's acts one after the other: two that race may arrive in the other order. */
function inTurn(one: Conversation, act: Act): Promise<Conversation> {
  const before = underWay.get(one.id) ?? Promise.resolve();
  const sent = before.then(
    () => send(one.id, act),
    () => send(one.id, act),
  );
  underWay.set(one.id, sent);
  return sent;
}

/** An answer is shown only when nothing was done since: what was done later is on the screen already. */
async function perform(one: Conversation, act: Act, me: string): Promise<void> {
  putConversation(foreseen(one, act), me);
  const sent = inTurn(one, act);
  const isLast = () => underWay.get(one.id) === sent;
  try {
    const after = await sent;
    if (isLast()) putConversation(after, me);
    countAnew();
  } catch (error) {
    if (isLast()) putConversation(one, me);
    throw error;
  } finally {
    if (isLast()) underWay.delete(one.id);
  }
}

const said = (act: Act, n: number): string => {
  switch (act.do) {
    case 'assign':
      return act.to ? t('saidAssigned', { n, name: act.name }) : t('saidUnassigned', { n });
    case 'close':
      return t('saidClosed', { n });
    case 'reopen':
      return t('saidReopened', { n });
    case 'snooze':
      return t('saidSnoozed', { n });
    default:
      return t('saidLabels', { n });
  }
};

/** Does it to one or many and says so, with undo; what was refused is said, too. */
export async function act(ids: string[], what: Act | ((one: Conversation) => Act), me: string): Promise<void> {
  const known = ids.map(knownConversation).filter((one) => one !== undefined);
  const acts = known.map((one) => [one, typeof what === 'function' ? what(one) : what] as const);
  const results = await Promise.allSettled(acts.map(([one, what]) => perform(one, what, me)));
  const refused = results.find((result) => result.status === 'rejected');
  if (refused) toast(t('actFailed', { words: Problem.of(refused.reason).message }), { kind: 'failed' });
  const done = acts.filter((_, k) => results[k]?.status === 'fulfilled');
  const first = done[0]?.[1];
  if (!first || first.do === 'read' || first.do === 'unread') return;
  const undo = () => {
    for (const [one, what] of done) {
      const back = reverse(one, what);
      const now = knownConversation(one.id);
      if (back && now) perform(now, back, me).catch((error) => toast(Problem.of(error).message, { kind: 'failed' }));
    }
  };
  toast(said(first, done.length), { undo });
}
