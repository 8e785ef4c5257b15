import { type KeyboardEvent, useState } from 'react';
import { Field } from './field';
import { Tag } from './tag';

type Props = {
  label: string;
  hint?: string;
  value: string[];
  onChange: (value: string[]) => void;
  errors?: string[] | undefined;
  disabled?: boolean;
};

/** Labels typed one after the other; Enter or a comma takes one, Backspace in an empty field gives it back. */
export function TagInput({ label, hint, value, onChange, errors, disabled }: Props) {
  return (
    <Field label={label} hint={hint} errors={errors}>
      <Tags value={value} onChange={onChange} disabled={disabled ?? false} />
    </Field>
  );
}

type Inner = { id?: string; value: string[]; onChange: (value: string[]) => void; disabled: boolean };
function Tags({ id, value, onChange, disabled, ...aria }: Inner) {
  const [text, setText] = useState('');
  const take = () => {
    const tag = text.trim().replace(/,$/, '');
    setText('');
    if (tag && !value.includes(tag)) onChange([...value, tag]);
  };
  const onKey = (event: KeyboardEvent) => {
    if ((event.key === 'Enter' || event.key === ',') && text.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === 'Backspace' && !text) onChange(value.slice(0, -1));
  };
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-1.5 rounded-lg border border-line-2 bg-surface px-2 py-1 focus-within:border-accent-text focus-within:ring-2 focus-within:ring-accent-text/30 max-md:min-h-11">
      {value.map((tag) => (
        <Tag
          key={tag}
          name={tag}
          {...(!disabled && { onRemove: () => onChange(value.filter((one) => one !== tag)) })}
        />
      ))}
      <input
        id={id}
        value={text}
        disabled={disabled}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
        onBlur={take}
        className="h-7 min-w-24 flex-1 bg-transparent text-sm outline-none max-md:text-base"
        {...aria}
      />
    </div>
  );
}
