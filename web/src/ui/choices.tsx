import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useId } from 'react';
import { cx } from '../lib/cx';

type Choice<V extends string> = { value: V; label: string; hint?: string };
type Props<V extends string> = { label: string; value: V; onChange: (value: V) => void; options: Choice<V>[] };

/** One of a few, each with room to say what it means. */
export function Choices<V extends string>({ label, value, onChange, options }: Props<V>) {
  const id = useId();
  return (
    <div>
      <p id={id} className="mb-1.5 text-sm font-medium">
        {label}
      </p>
      <RadioGroup
        value={value}
        onValueChange={(next) => onChange(next as V)}
        aria-labelledby={id}
        className="grid gap-2"
      >
        {options.map((option) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is the control
          <label
            key={option.value}
            className={cx(
              'flex items-start gap-3 rounded-xl border p-3 text-sm',
              option.value === value ? 'border-accent-text bg-accent-soft' : 'border-line-2 hover:bg-sunken',
            )}
          >
            <Radio.Root
              value={option.value}
              className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-fg-3 bg-surface data-checked:border-accent data-checked:bg-accent"
            >
              <Radio.Indicator className="size-1.5 rounded-full bg-on-accent" />
            </Radio.Root>
            <span>
              <span className="font-medium">{option.label}</span>
              {option.hint && <span className="block text-xs text-fg-3">{option.hint}</span>}
            </span>
          </label>
        ))}
      </RadioGroup>
    </div>
  );
}
