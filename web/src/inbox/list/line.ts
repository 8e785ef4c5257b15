import type { Conversation } from '../../lib/inbox';
import { waitingSince } from '../data/waiting';

/** A row as it is shown: its conversation, and whether it has a third line. */
export type Line = { one: Conversation; isTall: boolean };

/** Rows without a wait chip or labels are two lines: more people per screen, no empty third line. */
export const lineOf = (one: Conversation): Line => ({
  one,
  isTall: waitingSince(one) > 0 || one.labels.length > 0,
});

export const heightOf = ({ isTall }: Line) => (isTall ? 80 : 62);
