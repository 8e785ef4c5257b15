import type { Conversation } from '../../lib/inbox';
import { ms } from '../../lib/time';

/** Since when the contact waits for an answer; 0 when nobody waits. */
export function waitingSince(one: Conversation): number {
  const told = (one as Conversation & { waiting_since?: string | null }).waiting_since;
  return told ? ms(told) : 0;
}
