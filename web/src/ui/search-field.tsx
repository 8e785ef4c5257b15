import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../i18n/shell';
import { cx } from '../lib/cx';
import { useHotkeys } from '../lib/hotkeys';
import { Kbd } from './kbd';

type Props = { value: string; onChange: (value: string) => void; label: string; className?: string };
const PAUSE_MS = 250;

/** Finds while one types, after a short pause. `/` leads here, Esc empties it and leaves. */
export function SearchField({ value, onChange, label, className }: Props) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  useHotkeys({ '/': () => input.current?.focus() });
  return (
    <div className={cx('relative', className)}>
      <Search size={15} aria-hidden="true" className="absolute inset-y-0 start-2.5 my-auto text-fg-3" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          setText('');
          event.currentTarget.blur();
        }}
        className="h-8 w-full rounded-lg bg-sunken ps-8 pe-8 text-sm outline-none placeholder:text-fg-3 focus:ring-2 focus:ring-accent-text/40 max-md:h-11 max-md:text-base [&::-webkit-search-cancel-button]:hidden"
      />
      {text ? (
        <button
          type="button"
          aria-label={t('clear')}
          onClick={() => setText('')}
          className="absolute inset-y-0 end-1 my-auto flex size-6 items-center justify-center rounded text-fg-3 hover:text-fg"
        >
          <X size={14} aria-hidden="true" />
        </button>
      ) : (
        <Kbd className="absolute inset-y-0 end-2 my-auto border-line-2 bg-surface text-fg-3 max-md:hidden">/</Kbd>
      )}
    </div>
  );
}
