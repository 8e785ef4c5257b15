import { Combobox as C } from '@base-ui/react/combobox';
import { Check, X } from 'lucide-react';
import { t } from '../i18n/shell';
import type { Option } from './select';

type Props = {
  id?: string;
  /** The chosen values. */
  value: string[];
  onChange: (value: string[]) => void;
  options: Option[];
  label: string;
  placeholder?: string;
  /** Called with what is typed, for lists that the server searches. */
  onSearch?: (text: string) => void;
};

/** Several of many, found by typing. */
export function Combobox({ id, value, onChange, options, label, placeholder, onSearch }: Props) {
  const chosen = value.map((one) => options.find((option) => option.value === one) ?? { value: one, label: one });
  return (
    <C.Root
      multiple
      items={options}
      value={chosen}
      isItemEqualToValue={(a: Option, b: Option) => a.value === b.value}
      onValueChange={(next: Option[]) => onChange(next.map((option) => option.value))}
      onInputValueChange={(text) => onSearch?.(text)}
    >
      <C.Chips className="flex min-h-9 w-full flex-wrap items-center gap-1 rounded-lg border border-line-2 bg-surface p-1 focus-within:border-accent-text focus-within:ring-2 focus-within:ring-accent-text/30">
        {chosen.map((option) => (
          <C.Chip
            key={option.value}
            aria-label={option.label}
            className="flex h-6 items-center gap-1 rounded-md bg-sunken ps-2 pe-1 text-xs"
          >
            {option.label}
            <C.ChipRemove aria-label={t('remove', { name: option.label })} className="rounded text-fg-3 hover:text-fg">
              <X size={12} aria-hidden="true" />
            </C.ChipRemove>
          </C.Chip>
        ))}
        <C.Input
          id={id}
          aria-label={label}
          placeholder={chosen.length ? '' : placeholder}
          className="h-7 min-w-20 flex-1 bg-transparent px-2 text-sm outline-none placeholder:text-fg-3"
        />
      </C.Chips>
      <C.Portal>
        <C.Positioner sideOffset={5} className="z-50">
          <C.Popup className="max-h-[min(320px,var(--available-height))] w-(--anchor-width) animate-pop overflow-y-auto rounded-xl bg-raised p-1 shadow-pop">
            <C.Empty className="px-2 text-sm text-fg-3 not-empty:py-2">{t('noMatch')}</C.Empty>
            <C.List>
              {(option: Option) => (
                <C.Item
                  key={option.value}
                  value={option}
                  className="flex h-8 items-center gap-2 rounded-lg px-2 text-sm select-none data-highlighted:bg-sunken"
                >
                  <span className="flex-1 truncate">{option.label}</span>
                  <C.ItemIndicator>
                    <Check size={14} className="text-accent-text" aria-hidden="true" />
                  </C.ItemIndicator>
                </C.Item>
              )}
            </C.List>
          </C.Popup>
        </C.Positioner>
      </C.Portal>
    </C.Root>
  );
}
