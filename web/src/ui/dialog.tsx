import { Dialog as D } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { cx } from '../lib/cx';

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  about?: ReactNode;
  children?: ReactNode;
  /** Buttons at the end; the one that does it stands last. */
  actions?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  /** There is nothing in it but text: the text takes the focus, so that keys scroll it. */
  isToRead?: boolean;
};
const widths = {
  sm: 'w-[min(420px,calc(100vw-24px))]',
  md: 'w-[min(560px,calc(100vw-24px))]',
  lg: 'w-[min(760px,calc(100vw-24px))]',
};

export function Dialog({ open, onClose, title, about, children, actions, size = 'md', isToRead }: Props) {
  return (
    <D.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <D.Portal>
        <D.Backdrop className="fixed inset-0 z-40 bg-black/30 dark:bg-black/55" />
        <D.Popup
          className={cx(
            'fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-24px)] -translate-1/2 flex-col rounded-2xl bg-raised shadow-pop',
            widths[size],
          )}
        >
          <div
            className="min-h-0 overflow-y-auto rounded-2xl p-5 outline-none"
            {...(isToRead && { role: 'region', 'aria-label': title, tabIndex: 0 })}
          >
            <D.Title className="text-lg font-semibold">{title}</D.Title>
            {about && <D.Description className="mt-1 text-sm text-fg-3">{about}</D.Description>}
            {children && <div className="mt-4">{children}</div>}
          </div>
          {actions && <div className="flex justify-end gap-2 border-t border-line px-5 py-3">{actions}</div>}
        </D.Popup>
      </D.Portal>
    </D.Root>
  );
}
