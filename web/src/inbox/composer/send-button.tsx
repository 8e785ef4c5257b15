import { BellOff, CheckCheck, ChevronDown, Clock, SendHorizontal } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button';
import { Menu, MenuItem } from '../../ui/menu';
import { t } from '../t';

const Later = lazy(() => import('./later'));

export type SendOptions = { close?: boolean; scheduled?: string; isSilent?: boolean };
type Props = { isNote: boolean; isEditing: boolean; disabled: boolean; onSend: (options: SendOptions) => void };

/** The one filled button of the page, and beside it the other ways to send. */
export function SendButton({ isNote, isEditing, disabled, onSend }: Props) {
  const [later, setLater] = useState(false);
  const variant = isNote ? 'note' : 'primary';
  const hasMore = !isNote && !isEditing;
  return (
    <div className="flex">
      <Button
        variant={variant}
        onClick={() => onSend({})}
        disabled={disabled}
        className={hasMore ? 'rounded-e-none max-md:h-10' : 'max-md:h-10'}
      >
        {isEditing ? t('saveEdit') : isNote ? t('addNote') : t('send')}
        <SendHorizontal size={15} className="rtl:-scale-x-100" aria-hidden="true" />
      </Button>
      {hasMore && (
        <Menu
          side="top"
          trigger={
            <Button
              variant={variant}
              size="split"
              disabled={disabled}
              aria-label={t('moreWays')}
              className="rounded-s-none border-s border-white/25 max-md:h-10"
            >
              <ChevronDown size={15} />
            </Button>
          }
        >
          <MenuItem icon={<CheckCheck size={15} />} hint="Ctrl ⇧ ↵" onSelect={() => onSend({ close: true })}>
            {t('sendAndClose')}
          </MenuItem>
          <MenuItem icon={<Clock size={15} />} onSelect={() => setLater(true)}>
            {t('sendLater')}
          </MenuItem>
          <MenuItem icon={<BellOff size={15} />} onSelect={() => onSend({ isSilent: true })}>
            {t('sendSilent')}
          </MenuItem>
        </Menu>
      )}
      {later && (
        <Suspense>
          <Later
            onClose={() => setLater(false)}
            onPick={(scheduled) => {
              setLater(false);
              onSend({ scheduled });
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
