import type { ReactNode } from 'react';
import { cx } from '../lib/cx';

export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={cx(
        'inline-flex h-[18px] min-w-[18px] items-center justify-center rounded border px-1 font-sans text-[11px]',
        className ?? 'border-line-2 bg-surface text-fg-3',
      )}
    >
      {children}
    </kbd>
  );
}
