import { Select as S } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import { cx } from '../lib/cx';

export type Option = { value: string; label: string };
type Props = {
  id?: string;
  value: string;
  onChange: (value: string) => void;
  options: Option[];
  label?: string;
  disabled?: boolean;
  className?: string;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string | undefined;
};

/** One of a few. For many, or to search, use `Combobox`. */
export function Select({ id, value, onChange, options, label, disabled, className, ...aria }: Props) {
  return (
    <S.Root
      items={options}
      value={value}
      onValueChange={(next) => onChange(next as string)}
      disabled={disabled ?? false}
    >
      <S.Trigger
        id={id}
        aria-label={label}
        className={cx(
          'flex h-9 items-center justify-between gap-2 rounded-lg border border-line-2 bg-surface px-3 text-sm data-disabled:opacity-45 max-md:h-11',
          className,
        )}
        {...aria}
      >
        <S.Value className="truncate" />
        <ChevronDown size={14} className="shrink-0 text-fg-3" aria-hidden="true" />
      </S.Trigger>
      <S.Portal>
        <S.Positioner sideOffset={5} alignItemWithTrigger={false} className="z-50">
          <S.Popup className="max-h-[min(360px,var(--available-height))] min-w-(--anchor-width) animate-pop overflow-y-auto rounded-xl bg-raised p-1 shadow-pop">
            {options.map((option) => (
              <S.Item
                key={option.value}
                value={option.value}
                className="flex h-8 items-center gap-2 rounded-lg px-2 text-sm select-none data-highlighted:bg-sunken max-md:h-11"
              >
                <S.ItemText className="flex-1">{option.label}</S.ItemText>
                <S.ItemIndicator>
                  <Check size={14} className="text-accent-text" aria-hidden="true" />
                </S.ItemIndicator>
              </S.Item>
            ))}
          </S.Popup>
        </S.Positioner>
      </S.Portal>
    </S.Root>
  );
}
