/** What others want of the composer: keys, menus and the sandbox's tour speak to it through this. */
import type { Entry } from '../../lib/inbox';
import { watched } from '../../lib/watched';
import type { Mode } from '../data/drafts';

export type Intent = { mode: Mode; replyTo?: string; edit?: Entry; text?: string; at?: number };
export const intent = watched<Intent | undefined>(undefined);
export const composeWith = (wanted: Intent) => intent.set({ ...wanted, at: performance.now() });
