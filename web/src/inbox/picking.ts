/** Which small form is open, and for which conversations: a key, a menu and a button all open the same one. */
import { watched } from '../lib/watched';

export type Picking = { kind: 'assign' | 'labels' | 'snooze' | 'filter'; ids: string[] };
export const picking = watched<Picking | undefined>(undefined);
export const pick = (kind: Picking['kind'], ids: string[]) => ids.length && picking.set({ kind, ids });
