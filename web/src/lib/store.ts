import { useSyncExternalStore } from 'react';

/** Tiny value that outlives the page: drafts, theme, pane state. Tabs see each other's changes. */
export function persisted<T>(key: string, initial: T) {
  let value = initial;
  const subs = new Set<() => void>();
  const tell = () => {
    for (const sub of subs) sub();
  };
  const read = (raw: string | null) => {
    try {
      if (raw != null) value = JSON.parse(raw) as T;
    } catch {
      value = initial;
    }
  };
  try {
    read(localStorage.getItem(key));
    window.addEventListener('storage', (event) => {
      if (event.key !== key) return;
      read(event.newValue);
      tell();
    });
  } catch {
    // Without storage it lives as long as the page.
  }
  const set = (next: T | ((before: T) => T)) => {
    value = typeof next === 'function' ? (next as (before: T) => T)(value) : next;
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Storage is full or forbidden: the value still holds for this page.
    }
    tell();
  };
  const use = () =>
    useSyncExternalStore(
      (sub) => {
        subs.add(sub);
        return () => void subs.delete(sub);
      },
      () => value,
    );
  return { use, set, get: () => value };
}

export const panes = persisted('panes', { details: true });
/** What a person chose for this browser; the settings page edits it. */
export const preferences = persisted('preferences', {
  language: '' as '' | 'en' | 'de',
  letters: true,
  sendKey: 'enter' as 'enter' | 'mod+enter',
  density: 'comfortable' as 'comfortable' | 'compact',
  sounds: false,
});

export type Theme = 'light' | 'dark' | 'system';
export function setTheme(theme: Theme) {
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  try {
    if (theme === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // It holds for this page.
  }
}
export const toggleTheme = () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
