import { useEffect } from 'react';
import { queryClient } from './api';
import { onStream, type StreamType } from './stream';

const PAUSE_MS = 1_000;

/** Reads a page's data anew when the stream says that something of it changed; at most once a second. */
export function useFresh(type: StreamType, key: readonly unknown[]) {
  const name = JSON.stringify(key);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onStream(type, () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queryClient.invalidateQueries({ queryKey: JSON.parse(name) as unknown[] });
      }, PAUSE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [type, name]);
}
