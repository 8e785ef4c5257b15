import { Switch } from './switch';

type LineProps = { label: string; hint?: string; on: boolean; onChange: (on: boolean) => void; disabled?: boolean };
/** A switch with what it does beside it. */
export function Line({ label, hint, on, onChange, disabled }: LineProps) {
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="text-sm">
        <span className="font-medium">{label}</span>
        {hint && <span className="block text-xs text-fg-3">{hint}</span>}
      </div>
      <Switch label={label} checked={on} onChange={onChange} disabled={disabled ?? false} />
    </div>
  );
}
