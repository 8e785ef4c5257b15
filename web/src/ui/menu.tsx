import { Menu as M } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';

type MenuProps = {
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom' | 'right';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
};
export function Menu({ trigger, children, align = 'end', side = 'bottom', open, onOpenChange }: MenuProps) {
  return (
    <M.Root open={open} onOpenChange={onOpenChange}>
      <M.Trigger render={trigger as ReactElement<Record<string, unknown>>} />
      <M.Portal>
        <M.Positioner align={align} side={side} sideOffset={5} className="z-40">
          <M.Popup className="max-h-[min(420px,var(--available-height))] min-w-52 animate-pop overflow-y-auto rounded-xl bg-raised p-1 shadow-pop">
            {children}
          </M.Popup>
        </M.Positioner>
      </M.Portal>
    </M.Root>
  );
}

type ItemProps = {
  icon?: ReactNode;
  hint?: string | undefined;
  children: ReactNode;
  onSelect?: () => void;
  checked?: boolean;
  disabled?: boolean;
};
export function MenuItem({ icon, hint, children, onSelect, checked, disabled }: ItemProps) {
  return (
    <M.Item
      onClick={onSelect}
      disabled={disabled}
      className="flex h-8 items-center gap-2.5 rounded-lg px-2 text-sm text-fg select-none data-disabled:opacity-45 data-highlighted:bg-sunken max-md:h-11"
    >
      <span className="flex w-5 shrink-0 justify-center text-fg-3">{icon}</span>
      <span className="flex-1">{children}</span>
      {checked && (
        <span className="text-accent-text" aria-hidden="true">
          ✓
        </span>
      )}
      {hint && <span className="text-2xs text-fg-3">{hint}</span>}
    </M.Item>
  );
}
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <div className="px-2 pt-1.5 pb-1 text-2xs font-medium text-fg-3">{children}</div>
);
export const MenuSep = () => <div className="my-1 h-px bg-line" />;
