import { useSyncExternalStore } from 'react';

export type Toast = {
  id: number;
  text: string;
  kind: 'done' | 'failed';
  /** What takes it back; shown as a button for six seconds. */
  undo?: () => void;
  action?: { label: string; run: () => void };
  /** How long it is shown. */
  shownMs?: number;
};

const SHOWN_MS = 6_000;
let all: Toast[] = [];
let last = 0;
const subs = new Set<() => void>();
const change = (next: Toast[]) => {
  all = next;
  for (const sub of subs) sub();
};

export const dismiss = (id: number) => change(all.filter((one) => one.id !== id));

/** Only for results of actions whose place is not on screen; at most three at a time. */
export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
  const id = ++last;
  change([...all.slice(-2), { id, text, kind: 'done', ...options }]);
  setTimeout(() => dismiss(id), options.shownMs ?? SHOWN_MS);
  return id;
}

export const useToasts = () =>
  useSyncExternalStore(
    (sub) => {
      subs.add(sub);
      return () => void subs.delete(sub);
    },
    () => all,
  );
