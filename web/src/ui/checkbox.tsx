import { Checkbox as C } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import { cx } from '../lib/cx';

type Props = {
  id?: string;
  checked: boolean;
  /** Some of many. */
  mixed?: boolean;
  onChange: (checked: boolean) => void;
  label?: string;
  disabled?: boolean;
  className?: string;
};

export function Checkbox({ id, checked, mixed, onChange, label, disabled, className }: Props) {
  return (
    <C.Root
      id={id}
      checked={checked}
      indeterminate={mixed ?? false}
      onCheckedChange={onChange}
      aria-label={label}
      disabled={disabled ?? false}
      className={cx(
        'flex size-[18px] shrink-0 items-center justify-center rounded-[5px] border border-fg-3 bg-surface data-checked:border-accent data-checked:bg-accent data-disabled:opacity-45 data-indeterminate:border-accent data-indeterminate:bg-accent',
        className,
      )}
    >
      <C.Indicator className="text-on-accent">
        {mixed ? <Minus size={13} strokeWidth={3} /> : <Check size={13} strokeWidth={3} />}
      </C.Indicator>
    </C.Root>
  );
}
