/** What a writer has to know: why nothing can be sent, who answered meanwhile, what was sent last. */
import { type Conversation, type Entry, nameOf } from '../../lib/inbox';
import { ms } from '../../lib/time';
import type { WhatsappNumber } from '../../lib/whatsapp';
import type { Channel } from '../data/channel';
import type { Bot } from '../data/team';
import type { Timeline } from '../data/timeline';
import { t } from '../t';

const BLOCKING = {
  blocked_by_user: 'cantBlocked',
  user_deactivated: 'cantDeactivated',
  chat_not_started: 'cantNotStarted',
  bot_removed: 'cantRemoved',
} as const;

export type Sender = Bot | WhatsappNumber;
const senderName = (sender: Sender) =>
  'bot_username' in sender ? `@${sender.bot_username}` : sender.display_phone_number;

/** Why nothing can be sent, in a sentence. The person's next message lifts what they did themselves. */
export function blockedBy(
  c: Conversation,
  { entries }: Timeline,
  sender: Sender | undefined,
  channel: Channel,
): string | undefined {
  if (sender && !sender.is_active) return t('cantInactive', { bot: senderName(sender) });
  if (sender && sender.messages_sent_today >= sender.daily_limit) return t('cantLimit', { n: sender.daily_limit });
  const last = entries.findLast(
    (one) => one.kind === 'message' && one.content.type !== 'service' && one.platform === channel,
  );
  const code = last?.direction === 'OUTGOING' && last.status === 'BLOCKED' ? last.error_code : undefined;
  const words = code && code in BLOCKING ? BLOCKING[code as keyof typeof BLOCKING] : undefined;
  return words && t(words, { name: nameOf(c.contact) });
}

/** What somebody else of the team sent since one began to write. */
export function othersSince({ entries }: Timeline, begun: number | undefined, me: string): Entry | undefined {
  const last = entries.findLast(
    (one) => one.kind === 'message' && one.direction === 'OUTGOING' && one.author.type === 'USER',
  );
  return last && begun && last.author.id !== me && ms(last.created_at) > begun ? last : undefined;
}

/** The newest message of one's own, if it can be edited. */
export const lastOfMine = ({ entries }: Timeline, me: string): Entry | undefined =>
  entries.findLast(
    (one) =>
      one.author.id === me &&
      one.kind === 'message' &&
      one.status === 'SENT' &&
      one.platform !== 'WHATSAPP' &&
      !one.deleted_at &&
      !!one.content.text,
  );
