import { cx } from '../lib/cx';
import { Checkbox } from './checkbox';

type Props = {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** For names that programs use. */
  mono?: boolean;
  className?: string;
};

/** A checkbox with its words, which can be pressed as well. */
export function Check({ label, checked, onChange, disabled, mono, className }: Props) {
  return (
    <div className={cx('flex min-w-0 items-center gap-2.5 text-sm max-md:min-h-9', className)}>
      <Checkbox checked={checked} onChange={onChange} label={label} disabled={disabled ?? false} />
      <button
        type="button"
        tabIndex={-1}
        aria-hidden="true"
        disabled={disabled}
        onClick={() => onChange(!checked)}
        dir="auto"
        className={cx('min-w-0 text-start', mono && 'truncate font-mono text-xs')}
      >
        {label}
      </button>
    </div>
  );
}
