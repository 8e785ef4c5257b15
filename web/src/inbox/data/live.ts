/** What the stream tells, into the lists and timelines that are on the screen. */
import { queryClient } from '../../lib/api';
import type { Conversation, Entry } from '../../lib/inbox';
import { sessionQuery } from '../../lib/session';
import { onStream, type StreamEvent } from '../../lib/stream';
import { countAnew, knownConversation, putConversation, readAnew } from './lists';
import { notify } from './notify';
import { isOurs, startOutbox } from './outbox';
import { hearPresence } from './presence';
import { put, refreshOpened } from './timeline';

type Told = StreamEvent & {
  conversation_id?: string | null;
  build?: string;
  message?: Entry;
  conversation?: Conversation;
};
const me = () => queryClient.getQueryData(sessionQuery.queryKey)?.user.id;

/** The row at once, as the event tells it; how much is unread is everybody's own, so that is asked for. */
function hearConversation(event: Told, arrived = 0) {
  const id = event.conversation_id ?? event.conversation?.id;
  if (!id) return;
  const known = knownConversation(id);
  if (event.conversation && known)
    putConversation({ ...event.conversation, unread_count: known.unread_count + arrived }, me());
  readAnew(id, me());
}

function hearMessage(event: Told) {
  const { message: entry } = event;
  const conversation = event.conversation_id ?? entry?.conversation_id;
  if (!conversation) return;
  const isNew = event.type === 'new_message';
  hearConversation(event, isNew && entry?.direction === 'INCOMING' ? 1 : 0);
  if (!entry) return;
  if (isNew) {
    isOurs(conversation, entry, me() ?? '');
    notify(entry, me());
  }
  put(conversation, entry);
}

let build = '';
/** Where the stream begins. What happened between the first answers and this moment was told to nobody: ask again. */
function hearHello(event: Told) {
  const isFirst = !build;
  const isOther = build && event.build && build !== event.build;
  build = String(event.build ?? build);
  if (isOther) void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  if (!isFirst) return;
  refreshOpened();
  void queryClient.invalidateQueries({ queryKey: ['inbox', 'list'] });
  countAnew();
}

let isStarted = false;
/** When the shell appears; again does nothing. */
export function startLive() {
  if (isStarted) return;
  isStarted = true;
  startOutbox();
  for (const type of ['new_message', 'message_updated', 'message_status'] as const)
    onStream(type, (event) => hearMessage(event as Told));
  for (const type of ['assignment_update', 'ticket_update', 'conversation_updated'] as const)
    onStream(type, (event) => hearConversation(event as Told));
  for (const type of ['typing_indicator', 'presence'] as const) onStream(type, hearPresence);
  onStream('hello', (event) => hearHello(event as Told));
  onStream('reset', refreshOpened);
}
