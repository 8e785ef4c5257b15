import { Popover as P } from '@base-ui/react/popover';
import type { ReactElement } from 'react';
import type { PopoverProps } from './popover';

export default function PopoverPopup(props: PopoverProps & { defaultOpen?: boolean }) {
  const { trigger, label, children, open, onOpenChange, align = 'end', side = 'bottom', defaultOpen } = props;
  return (
    <P.Root open={open} defaultOpen={defaultOpen ?? false} onOpenChange={(next) => onOpenChange?.(next)}>
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
