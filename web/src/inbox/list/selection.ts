/** The rows that were ticked. */
import { watched } from '../../lib/watched';

const rows = watched<ReadonlySet<string>>(new Set());
let anchor: string | undefined;

/** From the row ticked before to this one, in the order of the list. */
function between(order: string[], id: string): string[] {
  const from = anchor ? order.indexOf(anchor) : -1;
  const to = order.indexOf(id);
  return from < 0 || to < 0 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
}

export const chosen = {
  use: rows.use,
  get: rows.get,
  clear: () => rows.set(new Set()),
  toggle(id: string, order?: string[]) {
    const next = new Set(rows.get());
    if (order) for (const one of between(order, id)) next.add(one);
    else if (!next.delete(id)) next.add(id);
    anchor = id;
    rows.set(next);
  },
};
