import { lazy, type ReactElement, type ReactNode, Suspense, useEffect } from 'react';
import { useOpener } from './opener';

const load = () => import('./popover-popup');
const Popup = lazy(load);

export type PopoverProps = {
  trigger: ReactElement;
  label: string;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
};

/** A small form or picker at its button; its code comes when somebody reaches for it. */
export function Popover(props: PopoverProps) {
  const { onOpenChange } = props;
  const { wanted, button } = useOpener(props.trigger, 'dialog', load);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the button is first pressed
  useEffect(() => {
    if (wanted) onOpenChange?.(true);
  }, [wanted]);
  if (!wanted && !props.open) return button;
  return (
    <Suspense fallback={button}>
      <Popup {...props} defaultOpen />
    </Suspense>
  );
}
