import { useSyncExternalStore } from 'react';

const watch = (query: string) => {
  const media = typeof matchMedia === 'undefined' ? undefined : matchMedia(query);
  const subscribe = (tell: () => void) => {
    media?.addEventListener('change', tell);
    return () => media?.removeEventListener('change', tell);
  };
  return () =>
    useSyncExternalStore(
      subscribe,
      () => media?.matches ?? false,
      () => false,
    );
};

/** One pane at a time, the bar at the bottom. */
export const useIsPhone = watch('(max-width: 767px)');
/** Room for a panel beside a table. */
export const useIsWide = watch('(min-width: 1100px)');
