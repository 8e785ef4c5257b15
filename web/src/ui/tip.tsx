import { Tooltip as T } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

type Props = { label: string; keys?: string[]; side?: 'top' | 'right' | 'bottom' | 'left'; children: ReactElement };

/** What a control does and its key. The control still needs its own label. */
export function Tip({ label, keys, side = 'bottom', children }: Props) {
  return (
    <T.Root>
      <T.Trigger render={children as ReactElement<Record<string, unknown>>} />
      <T.Portal>
        <T.Positioner side={side} sideOffset={6} className="z-50">
          <T.Popup className="flex items-center gap-2 rounded-md bg-fg px-2 py-1 text-xs font-medium text-surface shadow-pop data-starting-style:opacity-0">
            {label}
            {keys?.map((key) => (
              <span key={key} className="rounded bg-surface/20 px-1 text-[11px]">
                {key}
              </span>
            ))}
          </T.Popup>
        </T.Positioner>
      </T.Portal>
    </T.Root>
  );
}
export const Tips = T.Provider;
