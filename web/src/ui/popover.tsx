import { Popover as P } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

type Props = {
  trigger: ReactElement;
  label: string;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
};

/** A small form or picker at its button. */
export function Popover({ trigger, label, children, open, onOpenChange, align = 'end', side = 'bottom' }: Props) {
  return (
    <P.Root open={open} onOpenChange={onOpenChange}>
      <P.Trigger render={trigger as ReactElement<Record<string, unknown>>} />
      <P.Portal>
        <P.Positioner align={align} side={side} sideOffset={5} className="z-40">
          <P.Popup
            aria-label={label}
            className="max-h-(--available-height) animate-pop overflow-y-auto rounded-xl bg-raised p-3 shadow-pop"
          >
            {children}
          </P.Popup>
        </P.Positioner>
      </P.Portal>
    </P.Root>
  );
}
