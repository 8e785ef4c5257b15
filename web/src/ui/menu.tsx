import { lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { useOpener } from './opener';

const load = () => import('./menu-popup');
const Popup = lazy(load);

export type MenuProps = {
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom' | 'right';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
};

/** A list of actions at its button; its code comes when somebody reaches for it. */
export function Menu(props: MenuProps) {
  const { wanted, button } = useOpener(props.trigger, 'menu', load);
  if (!wanted && !props.open) return button;
  return (
    <Suspense fallback={button}>
      <Popup {...props} defaultOpen />
    </Suspense>
  );
}

export type MenuItemProps = {
  icon?: ReactNode;
  hint?: string | undefined;
  children: ReactNode;
  onSelect?: () => void;
  checked?: boolean;
  disabled?: boolean;
  /** For an item that is only a sign. */
  label?: string;
  /** Its whole look, instead of a row's. */
  className?: string;
};
export const MenuItem = lazy(() => load().then((file) => ({ default: file.MenuItem })));
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <div className="px-2 pt-1.5 pb-1 text-2xs font-medium text-fg-3">{children}</div>
);
export const MenuSep = () => <div className="my-1 h-px bg-line" />;
