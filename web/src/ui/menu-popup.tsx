import { Menu as M } from '@base-ui/react/menu';
import { type ReactElement, type ReactNode, Suspense } from 'react';
import type { MenuItemProps, MenuProps } from './menu';

type Props = Omit<MenuProps, 'trigger'> & {
  trigger?: ReactElement;
  /** Where it opens when no button of its own did it. */
  anchor?: Element | { getBoundingClientRect: () => DOMRect } | null;
  finalFocus?: HTMLElement | null;
  defaultOpen?: boolean;
};

export default function MenuPopup(props: Props) {
  const { trigger, anchor, finalFocus, children, align = 'end', side = 'bottom', open, onOpenChange } = props;
  return (
    <M.Root open={open} defaultOpen={props.defaultOpen ?? false} onOpenChange={(next) => onOpenChange?.(next)}>
      {trigger && <M.Trigger render={trigger as ReactElement<Record<string, unknown>>} />}
      <M.Portal>
        <M.Positioner anchor={anchor} align={align} side={side} sideOffset={5} className="z-40">
          <M.Popup
            finalFocus={finalFocus ? { current: finalFocus } : undefined}
            className="max-h-[min(420px,var(--available-height))] min-w-52 animate-pop overflow-y-auto rounded-xl bg-raised p-1 shadow-pop"
          >
            <Suspense>{children}</Suspense>
          </M.Popup>
        </M.Positioner>
      </M.Portal>
    </M.Root>
  );
}

export function MenuItem({ icon, hint, children, onSelect, checked, disabled, label, className }: MenuItemProps) {
  return (
    <M.Item
      onClick={onSelect}
      disabled={disabled}
      aria-label={label}
      className={
        className ??
        'flex h-8 items-center gap-2.5 rounded-lg px-2 text-sm text-fg select-none data-disabled:opacity-45 data-highlighted:bg-sunken max-md:h-11'
      }
    >
      {className ? (
        children
      ) : (
        <>
          <span className="flex w-5 shrink-0 justify-center text-fg-3">{icon}</span>
          <span className="flex-1">{children as ReactNode}</span>
          {checked && (
            <span className="text-accent-text" aria-hidden="true">
              ✓
            </span>
          )}
          {hint && <span className="text-2xs text-fg-3">{hint}</span>}
        </>
      )}
    </M.Item>
  );
}
