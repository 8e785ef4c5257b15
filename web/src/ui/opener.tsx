import { cloneElement, type KeyboardEvent, type ReactElement, useState } from 'react';

type Handlers = {
  onClick?: () => void;
  onPointerEnter?: () => void;
  onFocus?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  'aria-haspopup'?: 'menu' | 'dialog';
  'aria-expanded'?: boolean;
};

/**
 * A button whose popup is code that has not been loaded yet: pointing at it fetches that, pressing opens it. After that
 * the popup's own trigger takes the button's place.
 */
export function useOpener(trigger: ReactElement, kind: 'menu' | 'dialog', load: () => Promise<unknown>) {
  const [wanted, setWanted] = useState(false);
  const want = () => setWanted(true);
  const fetch = () => void load();
  const handlers: Handlers = {
    onClick: want,
    onPointerEnter: fetch,
    onFocus: fetch,
    onKeyDown: (event) => {
      if (event.key !== 'ArrowDown' || kind !== 'menu') return;
      event.preventDefault();
      want();
    },
    'aria-haspopup': kind,
    'aria-expanded': wanted,
  };
  return { wanted, button: cloneElement(trigger as ReactElement<Handlers>, handlers) };
}
