import type { ComponentProps } from 'react';
import { cx } from '../lib/cx';

const look =
  'w-full rounded-lg border border-line-2 bg-surface px-3 text-sm text-fg outline-none placeholder:text-fg-3 focus:border-accent-text focus:ring-2 focus:ring-accent-text/30 aria-invalid:border-bad disabled:bg-sunken disabled:text-fg-3 max-md:text-base';

export const Input = ({ className, ...rest }: ComponentProps<'input'>) => (
  <input className={cx(look, 'h-9 max-md:h-11', className)} {...rest} />
);
export const TextArea = ({ className, ...rest }: ComponentProps<'textarea'>) => (
  <textarea className={cx(look, 'min-h-20 py-2', className)} dir="auto" {...rest} />
);
