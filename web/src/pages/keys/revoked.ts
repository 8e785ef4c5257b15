import { useState } from 'react';
import type { Key } from './columns';

/** Somewhat less than the server gives to take it back. */
const KEPT_MS = 50_000;

/** Keys that were revoked a moment ago: the server lists them no more, the page does while they can be had back. */
export function useRevoked() {
  const [kept, setKept] = useState<ReadonlyMap<string, Key>>(new Map());
  const forget = (id: string) => setKept((before) => new Map([...before].filter(([other]) => other !== id)));
  const keep = (key: Key) => {
    setKept((before) => new Map(before).set(key.id, key));
    setTimeout(() => forget(key.id), KEPT_MS);
  };
  /** The rows with them in their old places: newest first. */
  const among = (rows: Key[]) => {
    const listed = new Set(rows.map((key) => key.id));
    const missing = [...kept.values()].filter((key) => !listed.has(key.id));
    return [...rows, ...missing].sort((a, b) => b.created_at.localeCompare(a.created_at));
  };
  return { keep, forget, among, has: (key: Key) => kept.has(key.id) };
}
