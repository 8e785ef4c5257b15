/** Who of the team looks at a conversation, or writes in it, as far as it was told lately. */
import { useEffect } from 'react';
import { request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useSession } from '../../lib/session';
import type { StreamEvent } from '../../lib/stream';
import { watched } from '../../lib/watched';

export type Present = { user: string; name: string; state: 'viewing' | 'replying' };
type Told = { user: string; name: string; state: Present['state']; until: number };

const VIEWING_MS = 45_000;
const REPLYING_MS = 8_000;
const all = watched<Record<string, Told[]>>({});

export function hearPresence(event: StreamEvent) {
  const told = event as StreamEvent & {
    conversation_id?: string;
    user?: { id: string; name: string };
    user_id?: string;
    name?: string;
    state?: string;
  };
  const user = told.user?.id ?? told.user_id;
  const conversation = told.conversation_id;
  if (!user || !conversation) return;
  const isReplying = event.type === 'typing_indicator' || told.state === 'replying';
  const state = isReplying ? 'replying' : 'viewing';
  const until = Date.now() + (isReplying ? REPLYING_MS : VIEWING_MS);
  all.set((before) => {
    const others = (before[conversation] ?? []).filter((one) => one.user !== user);
    const isGone = told.state === 'gone' || told.state === 'left';
    const now = { user, name: told.user?.name ?? told.name ?? '', state, until } as const;
    return { ...before, [conversation]: isGone ? others : [...others, now] };
  });
  setTimeout(sweep, until - Date.now() + 50);
}

function sweep() {
  const now = Date.now();
  all.set((before) => {
    const kept = Object.entries(before).map(([id, told]) => [id, told.filter((one) => one.until > now)] as const);
    return Object.fromEntries(kept.filter(([, told]) => told.length > 0));
  });
}

const NOBODY: Present[] = [];
/** Teammates at a conversation; never oneself. */
export function usePresent(conversation: string): Present[] {
  const { user } = useSession();
  const told = all.use()[conversation];
  return told?.filter((one) => one.user !== user.id) ?? NOBODY;
}

const TELL_EVERY_MS = 20_000;
let isUnderstood = true;
async function tell(conversation: string, state: 'viewing' | 'replying' | 'gone') {
  if (!isUnderstood) return;
  const path = `/team-inbox/api/conversations/${conversation}/presence/`;
  try {
    await request(path, { method: 'POST', body: JSON.stringify({ state }) });
  } catch (error) {
    // An older server knows nothing of it, and presence is worth no message.
    isUnderstood = Problem.of(error).status !== 404;
  }
}

/** Tells the team that one looks at a conversation, for as long as it is in front. */
export function useViewing(conversation: string) {
  useEffect(() => {
    const say = () => document.visibilityState === 'visible' && void tell(conversation, 'viewing');
    say();
    const timer = setInterval(say, TELL_EVERY_MS);
    return () => {
      clearInterval(timer);
      void tell(conversation, 'gone');
    };
  }, [conversation]);
}

let lastTyped = 0;
const TYPING_EVERY_MS = 4_000;
/** Tells the team, and the customer's phone, that somebody writes; often enough to stay, no more. */
export function tellTyping(conversation: string) {
  if (Date.now() - lastTyped < TYPING_EVERY_MS) return;
  lastTyped = Date.now();
  void tell(conversation, 'replying');
}
