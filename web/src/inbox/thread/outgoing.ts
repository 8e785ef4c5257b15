/** What is on its way, as the bubble that it will be. */
import type { Entry } from '../../lib/inbox';
import type { Outgoing } from '../data/outbox';

type Who = { id: string; name: string };

export function asEntry(item: Outgoing, me: Who): Entry {
  const files = item.files ?? [];
  const [first] = files;
  const type = files.length > 1 ? 'album' : (first?.kind ?? 'text');
  const media = files.map((one) => ({
    url: one.url,
    type: one.kind,
    file_name: one.file.name,
    mime_type: one.file.type,
    size: one.file.size,
  }));
  return {
    id: item.entry ?? item.id,
    conversation_id: item.conversation,
    sequence: Number.MAX_SAFE_INTEGER,
    kind: item.mode === 'note' ? 'note' : 'message',
    direction: item.mode === 'note' ? null : 'OUTGOING',
    platform: item.platform ?? 'TELEGRAM',
    author: { type: 'USER', id: me.id, name: me.name },
    content: { type, text: item.text, entities: [], media, buttons: [], mentions: [] },
    status: item.state === 'failed' ? 'FAILED' : 'PENDING',
    error_message: item.why ?? null,
    scheduled_time: item.scheduled ?? null,
    reply_to: item.replyTo ?? null,
    reactions: [],
    edits: [],
    created_at: new Date(item.at).toISOString(),
  };
}
