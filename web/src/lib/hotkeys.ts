import { useEffect, useRef } from 'react';
import { preferences } from './store';

/**
 * One listener for the page. Bare letters never fire while typing; no shortcut uses Alt/Option, which belongs to the
 * keyboard layout (Polish, German). Sequences are written "g c". Where two parts bind a key, the inner one wins.
 */
export type Keymap = Record<string, (event: KeyboardEvent) => void>;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !/^(checkbox|radio)$/.test((target as HTMLInputElement).type ?? '');

export function matchKey(event: KeyboardEvent): string {
  const mod = event.metaKey || event.ctrlKey ? 'mod+' : '';
  const isLetter = /^[a-z]$/i.test(event.key);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // A sign such as `?` already needs Shift on some keyboards; on letters and named keys it means something.
  return mod + (event.shiftKey && (isLetter || event.key.length > 1) ? 'shift+' : '') + key;
}

export function useHotkeys(map: Keymap, enabled = true) {
  const ref = useRef(map);
  ref.current = map;
  useEffect(() => {
    if (!enabled) return;
    let lead = '';
    let at = 0;
    const on = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      const key = matchKey(event);
      const isLetter = !key.startsWith('mod+') && key !== 'Escape';
      if (isTyping(event.target) && isLetter) return;
      if (isLetter && key.length === 1 && !preferences.get().letters && key !== '?') return;
      if (document.querySelector('[role=dialog],[role=alertdialog],[role=menu]') && !key.startsWith('mod+')) return;
      // After `g` a letter names a place; what it does by itself must not happen too.
      const isSequence = lead === 'g' && performance.now() - at < 900;
      const hit = ref.current[isSequence ? `g ${key}` : key];
      lead = key;
      at = performance.now();
      if (!hit) return;
      lead = '';
      event.preventDefault();
      hit(event);
    };
    window.addEventListener('keydown', on);
    return () => window.removeEventListener('keydown', on);
  }, [enabled]);
}
