import { Copy } from './copy';

/** A value that is shown once, to take along. */
export const Secret = ({ value }: { value: string }) => (
  <div className="flex items-start gap-2 rounded-lg bg-sunken p-2.5">
    <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all select-all">{value}</code>
    <Copy value={value} />
  </div>
);
