import { api } from '../../lib/api';
import type { Conversation, Entry } from '../../lib/inbox';
import { Problem } from '../../lib/problem';
import { toast } from '../../lib/toasts';
import { change } from '../data/timeline';
import { PARSE_MODE } from './format';

/** Changes a message at its channel; on the screen at once. */
export async function edit(c: Conversation, entry: Entry, text: string) {
  if (text === entry.content.text) return;
  const edited_at = new Date().toISOString();
  change(c.id, entry.id, (before) => ({ ...before, edited_at, content: { ...before.content, text, entities: [] } }));
  try {
    await api.PATCH('/team-inbox/api/messages/{id}/', {
      params: { path: { id: entry.id } },
      body: { text, ...PARSE_MODE },
    });
  } catch (error) {
    change(c.id, entry.id, () => entry);
    toast(Problem.of(error).message, { kind: 'failed' });
  }
}
