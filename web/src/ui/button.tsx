import type { ComponentProps } from 'react';
import { cx } from '../lib/cx';

const variants = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  soft: 'bg-sunken text-fg hover:bg-line',
  ghost: 'text-fg-2 hover:bg-sunken hover:text-fg',
  outline: 'border border-line-2 bg-surface text-fg hover:bg-sunken',
  danger: 'bg-bad text-surface hover:opacity-90',
  /** Begins something that is asked about once more. */
  risky: 'text-bad hover:bg-bad-soft',
  note: 'bg-note-meta text-note hover:opacity-90',
};
const sizes = {
  sm: 'h-7 gap-1.5 px-2.5 text-xs',
  md: 'h-8 gap-2 px-3 text-sm',
  lg: 'h-10 gap-2 px-4 text-base justify-center',
  icon: 'size-8 justify-center max-md:size-10',
  iconsm: 'size-7 justify-center max-md:size-9',
  split: 'h-8 w-7 justify-center',
};
type Props = ComponentProps<'button'> & {
  variant?: keyof typeof variants;
  size?: keyof typeof sizes;
  /** Work is under way: the button keeps its width and can't be pressed again. */
  busy?: boolean;
};

/** One filled (`primary`) button per screen. */
export function Button({ variant = 'soft', size = 'md', type = 'button', busy, className, disabled, ...rest }: Props) {
  return (
    <button
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(
        'inline-flex shrink-0 items-center rounded-lg font-medium transition-colors disabled:opacity-45',
        variants[variant],
        sizes[size],
        busy && 'animate-pulse',
        className,
      )}
      {...rest}
    />
  );
}
