import { cloneElement, type ReactElement, type ReactNode, useId } from 'react';

type Control = { id?: string; 'aria-invalid'?: boolean; 'aria-describedby'?: string | undefined };
type Props = {
  label: string;
  hint?: ReactNode;
  /** The server's sentences for this field: `problem.errors.name`. */
  errors?: string[] | undefined;
  children: ReactElement<Control>;
};

/** A labelled control with its hint and its errors, tied together for screen readers. */
export function Field({ label, hint, errors, children }: Props) {
  const id = useId();
  const wrong = !!errors?.length;
  const about = wrong ? `${id}-errors` : hint ? `${id}-hint` : undefined;
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {cloneElement(children, { id, 'aria-invalid': wrong, 'aria-describedby': about })}
      {wrong ? (
        <p id={`${id}-errors`} className="text-xs text-bad" role="alert">
          {errors.join(' ')}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="text-xs text-fg-3">
            {hint}
          </p>
        )
      )}
    </div>
  );
}
