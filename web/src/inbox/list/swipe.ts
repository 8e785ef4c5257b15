import { useEffect, useRef } from 'react';

const FAR = 88;

/** A row on a phone can be swept aside: to the start closes, to the end snoozes. */
export function useSwipe(done: (to: 'close' | 'snooze') => void) {
  const ref = useRef<HTMLDivElement>(null);
  const last = useRef(done);
  last.current = done;
  useEffect(() => {
    const el = ref.current;
    if (!el) return;
    let from: Touch | undefined;
    let dx = 0;
    const start = (event: TouchEvent) => {
      from = event.touches[0];
      dx = 0;
    };
    const move = (event: TouchEvent) => {
      const now = event.touches[0];
      if (!from || !now) return;
      const isSideways = Math.abs(now.clientX - from.clientX) > 2 * Math.abs(now.clientY - from.clientY);
      dx = isSideways || dx ? now.clientX - from.clientX : 0;
      el.style.transform = dx ? `translateX(${Math.max(-FAR * 1.3, Math.min(FAR * 1.3, dx))}px)` : '';
    };
    const end = () => {
      el.style.transform = '';
      const isStart = dx < 0 !== (document.documentElement.dir === 'rtl');
      if (Math.abs(dx) > FAR) last.current(isStart ? 'close' : 'snooze');
      from = undefined;
    };
    const options = { passive: true };
    el.addEventListener('touchstart', start, options);
    el.addEventListener('touchmove', move, options);
    el.addEventListener('touchend', end, options);
    el.addEventListener('touchcancel', end, options);
    return () => {
      el.removeEventListener('touchstart', start);
      el.removeEventListener('touchmove', move);
      el.removeEventListener('touchend', end);
      el.removeEventListener('touchcancel', end);
    };
  }, []);
  return ref;
}
