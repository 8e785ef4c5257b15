import { lazy, type MouseEvent, type ReactNode, Suspense, useState } from 'react';
import type { Conversation } from '../../lib/inbox';
import { knownConversation } from '../data/lists';

const Items = lazy(() => import('./row-menu-items'));
export type RowAim = { one: Conversation; anchor: { getBoundingClientRect: () => DOMRect }; row: HTMLElement };

/** The menu of a row, by right-click or a long press: one for the whole list. */
export function RowMenu({ children }: { children: ReactNode }) {
  const [aim, setAim] = useState<RowAim>();
  const open = (event: MouseEvent) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-conversation]');
    const one = row?.dataset.conversation && knownConversation(row.dataset.conversation);
    if (!row || !one) return;
    event.preventDefault();
    const at = new DOMRect(event.clientX, event.clientY, 0, 0);
    setAim({ one, row, anchor: { getBoundingClientRect: () => at } });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard has its own keys for all of it
    <div className="contents" onContextMenu={open}>
      {children}
      {aim && (
        <Suspense>
          <Items aim={aim} onClose={() => setAim(undefined)} />
        </Suspense>
      )}
    </div>
  );
}
