import { X } from 'lucide-react';
import type { CSSProperties } from 'react';
import { t } from '../i18n/shell';
import { hueOf } from './avatar';

/** A label, in the colour of its name. */
export function Tag({ name, onRemove }: { name: string; onRemove?: () => void }) {
  return (
    <span
      className="hue-tag inline-flex h-[18px] max-w-40 shrink-0 items-center gap-1 rounded-[5px] px-1.5 text-2xs font-medium whitespace-nowrap"
      style={{ '--h': hueOf(name) } as CSSProperties}
    >
      <span className="truncate" dir="auto">
        {name}
      </span>
      {onRemove && (
        <button type="button" onClick={onRemove} aria-label={t('remove', { name })} className="-me-0.5 rounded">
          <X size={11} aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
