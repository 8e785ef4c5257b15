import type { ReactNode } from 'react';
import { cx } from '../lib/cx';

type Tab<K extends string> = { key: K; label: string; count?: number | undefined; icon?: ReactNode };
type Props<K extends string> = {
  label: string;
  tabs: Tab<K>[];
  value: K;
  onChange: (key: K) => void;
  className?: string;
};

/** Views of one thing, as pills; arrows move between them. Keep the chosen one in the address. */
export function Tabs<K extends string>({ label, tabs, value, onChange, className }: Props<K>) {
  const step = (d: number) => {
    const at = tabs.findIndex((tab) => tab.key === value);
    const next = tabs[(at + d + tabs.length) % tabs.length];
    if (next) onChange(next.key);
  };
  return (
    <div role="tablist" aria-label={label} className={cx('no-scrollbar flex gap-1 overflow-x-auto p-0.5', className)}>
      {tabs.map((tab) => (
        <button
          key={tab.key}
          type="button"
          role="tab"
          aria-selected={tab.key === value}
          tabIndex={tab.key === value ? 0 : -1}
          ref={(el) => {
            // Focus follows the arrows.
            if (
              el &&
              tab.key === value &&
              document.activeElement?.getAttribute('role') === 'tab' &&
              document.activeElement.parentElement === el.parentElement
            )
              el.focus();
          }}
          onClick={() => onChange(tab.key)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') step(1);
            if (event.key === 'ArrowLeft') step(-1);
          }}
          className={cx(
            'flex h-7 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-sm font-medium whitespace-nowrap transition-colors max-md:h-9',
            tab.key === value ? 'bg-accent-soft text-accent-text' : 'text-fg-2 hover:bg-sunken',
          )}
        >
          {tab.icon}
          {tab.label}
          {tab.count !== undefined && (
            <span className={cx('text-xs tabular-nums', tab.key !== value && 'text-fg-3')}>{tab.count}</span>
          )}
        </button>
      ))}
    </div>
  );
}
