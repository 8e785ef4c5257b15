import { Dialog as D } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../i18n/shell';
import { useHotkeys } from '../lib/hotkeys';
import { useIsWide } from '../lib/screen';
import { Button } from './button';

type Props = { title: string; onClose: () => void; actions?: ReactNode; children: ReactNode; width?: string };

/** What a row holds, beside its list where there is room, else over it. Esc closes it. */
export function Side({ title, onClose, actions, children, width = 'w-[400px]' }: Props) {
  const wide = useIsWide();
  useHotkeys({ Escape: onClose }, wide);
  const head = (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line ps-5 pe-3">
      <h2 className="min-w-0 flex-1 truncate font-semibold" dir="auto">
        {title}
      </h2>
      {actions}
      <Button variant="ghost" size="icon" aria-label={t('close')} onClick={onClose}>
        <X size={17} aria-hidden="true" />
      </Button>
    </header>
  );
  if (wide)
    return (
      <aside aria-label={title} className={`flex h-full shrink-0 flex-col border-s border-line bg-surface ${width}`}>
        {head}
        <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
      </aside>
    );
  return (
    <Over title={title} onClose={onClose}>
      {head}
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </Over>
  );
}

function Over({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  return (
    <D.Root open onOpenChange={(next) => !next && onClose()}>
      <D.Portal>
        <D.Backdrop className="fixed inset-0 z-30 bg-black/30 dark:bg-black/55" />
        <D.Popup
          aria-label={title}
          className="fixed inset-y-0 end-0 z-40 flex w-[min(440px,100vw)] flex-col bg-surface shadow-pop"
        >
          {children}
        </D.Popup>
      </D.Portal>
    </D.Root>
  );
}
