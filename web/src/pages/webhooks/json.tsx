import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { cx } from '../../lib/cx';

type Props = { name?: string | undefined; value: unknown; find: string; depth?: number };
/** Deeper parts begin closed. */
const OPEN_DEPTH = 3;

/** JSON as a tree that folds; what is looked for is marked, and what holds it opens. */
export function Json({ name, value, find, depth = 0 }: Props) {
  const isTree = typeof value === 'object' && value !== null;
  const [open, setOpen] = useState(depth < OPEN_DEPTH);
  const shown = open || (!!find && holds(value, find));
  const label = name !== undefined && (
    <span className="text-fg-2">
      <Marked text={name} find={find} />
      <span className="text-fg-3">: </span>
    </span>
  );
  if (!isTree)
    return (
      <div className="ps-4 font-mono text-xs leading-5 break-all whitespace-pre-wrap">
        {label}
        <span className={typeof value === 'string' ? 'text-ok' : 'text-accent-text'}>
          <Marked text={JSON.stringify(value) ?? 'null'} find={find} />
        </span>
      </div>
    );
  const entries = Object.entries(value);
  const [start, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return (
    <div className={cx('font-mono text-xs leading-5', depth > 0 && 'ps-4')}>
      <button
        type="button"
        aria-expanded={shown}
        onClick={() => setOpen(!shown)}
        className="-ms-4 flex items-center gap-0.5 rounded"
      >
        <ChevronRight
          size={13}
          aria-hidden="true"
          className={cx('text-fg-3 transition-transform', shown && 'rotate-90')}
        />
        {label}
        <span className="text-fg-3">{shown ? start : `${start} ${entries.length} ${end}`}</span>
      </button>
      {shown && (
        <>
          {entries.map(([key, inner]) => (
            <Json key={key} name={Array.isArray(value) ? undefined : key} value={inner} find={find} depth={depth + 1} />
          ))}
          <div className="text-fg-3">{end}</div>
        </>
      )}
    </div>
  );
}

function holds(value: unknown, find: string): boolean {
  return (JSON.stringify(value) ?? '').toLowerCase().includes(find.toLowerCase());
}

function Marked({ text, find }: { text: string; find: string }): ReactNode {
  const at = find ? text.toLowerCase().indexOf(find.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded bg-warn-soft text-warn">{text.slice(at, at + find.length)}</mark>
      {text.slice(at + find.length)}
    </>
  );
}
