import { useSyncExternalStore } from 'react';

/** A value outside React that components may watch. */
export type Watched<T> = {
  get: () => T;
  set: (next: T | ((before: T) => T)) => void;
  use: () => T;
  watch: (watcher: () => void) => () => void;
};

export function watched<T>(initial: T): Watched<T> {
  let value = initial;
  const watchers = new Set<() => void>();
  const watch = (watcher: () => void) => {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  };
  return {
    get: () => value,
    set: (next) => {
      const after = typeof next === 'function' ? (next as (before: T) => T)(value) : next;
      if (after === value) return;
      value = after;
      for (const watcher of watchers) watcher();
    },
    use: () => useSyncExternalStore(watch, () => value),
    watch,
  };
}
