import type { Entry } from '../../lib/inbox';
import { watched } from '../../lib/watched';

/** Which picture is shown large. */
export const lightbox = watched<{ entry: Entry; at: number } | undefined>(undefined);
