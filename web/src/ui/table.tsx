import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { t } from '../i18n/shell';
import { cx } from '../lib/cx';
import { useIsPhone } from '../lib/screen';
import { Checkbox } from './checkbox';

export type Column<R> = {
  key: string;
  title: string;
  /** A CSS grid track: `160px`, `minmax(160px, 2fr)`. */
  width: string;
  cell: (row: R) => ReactNode;
  sortable?: boolean;
  end?: boolean;
  /** Its title is for screen readers only. */
  quiet?: boolean;
  /** Not on phones, where one or two columns must do. */
  wide?: boolean;
};
type Props<R> = {
  label: string;
  columns: Column<R>[];
  rows: R[];
  id: (row: R) => string;
  /** As the API's `ordering`: `name`, or `-name` for descending. */
  sort?: string;
  onSort?: (ordering: string) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (ids: Set<string>) => void;
  onOpen?: (row: R) => void;
  /** The row that the keyboard stands on. */
  current?: string | undefined;
  /** Called near the end, to load more. */
  onEnd?: () => void;
  empty?: ReactNode;
};
const ROW = 40;
const ROW_ON_PHONE = 52;

/** On phones what may grow may shrink too: rather its words are cut than the column beside it. */
const shrinking = (width: string) => width.replace(/^minmax\([^,]+/, 'minmax(0');

/** Virtual rows of 40 px under a sticky head; sorting and selection belong to the page. It fills its parent. */
export function Table<R>(props: Props<R>) {
  const { label, rows, id, selected, onSelect, onOpen, current, onEnd } = props;
  const isPhone = useIsPhone();
  const columns = isPhone ? props.columns.filter((column) => !column.wide) : props.columns;
  const height = isPhone ? ROW_ON_PHONE : ROW;
  const scroller = useRef<HTMLDivElement>(null);
  const v = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: (at) => id(rows[at] as R),
    scrollPaddingStart: ROW,
  });
  const items = v.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length && last >= rows.length - 20) onEnd?.();
  }, [last, rows.length, onEnd]);
  const at = current === undefined ? -1 : rows.findIndex((row) => id(row) === current);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was measured is void then
  useEffect(() => v.measure(), [height]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the current row moves
  useEffect(() => {
    if (at >= 0) v.scrollToIndex(at, { align: 'auto' });
  }, [at]);
  const template = `${onSelect ? '40px ' : ''}${columns.map(({ width }) => (isPhone ? shrinking(width) : width)).join(' ')}`;
  const toggle = (key: string, on: boolean) => {
    const next = new Set(selected);
    if (on) next.add(key);
    else next.delete(key);
    onSelect?.(next);
  };
  return (
    <div
      ref={scroller}
      className="h-full overflow-auto overscroll-contain"
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1} className="min-w-fit text-sm">
        <div
          role="row"
          className="sticky top-0 z-10 grid h-10 items-center gap-3 border-b border-line bg-surface px-4 text-xs font-medium text-fg-3 md:px-6"
          style={{ gridTemplateColumns: template }}
        >
          {onSelect && (
            <span role="columnheader">
              <Checkbox
                label={t('selectAll')}
                checked={!!rows.length && selected?.size === rows.length}
                mixed={!!selected?.size && selected.size < rows.length}
                onChange={(on) => onSelect(new Set(on ? rows.map(id) : []))}
              />
            </span>
          )}
          {columns.map((column) => (
            <Head key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: v.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index] as R;
            const key = id(row);
            const isCurrent = key === current;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the page's keys open the current row, and its first cell links to it
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={selected?.has(key)}
                aria-current={isCurrent || undefined}
                onClick={
                  onOpen && ((event) => !(event.target as Element).closest('a,button,[role=checkbox]') && onOpen(row))
                }
                className={cx(
                  'absolute inset-x-0 top-0 grid items-center gap-3 border-b border-line px-4 md:px-6',
                  selected?.has(key) || isCurrent ? 'bg-accent-soft' : onOpen && 'hover:bg-sunken',
                )}
                style={{ gridTemplateColumns: template, height, transform: `translateY(${item.start}px)` }}
              >
                {onSelect && (
                  <span role="cell">
                    <Checkbox
                      label={t('selectRow')}
                      checked={!!selected?.has(key)}
                      onChange={(on) => toggle(key, on)}
                    />
                  </span>
                )}
                {columns.map((column) => (
                  <span
                    key={column.key}
                    role="cell"
                    className={cx('min-w-0 truncate', column.end && 'text-end tabular-nums')}
                  >
                    {column.cell(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && props.empty}
    </div>
  );
}

type HeadProps<R> = { column: Column<R>; sort: string | undefined; onSort: ((ordering: string) => void) | undefined };
function Head<R>({ column, sort, onSort }: HeadProps<R>) {
  const down = sort === `-${column.key}`;
  const up = sort === column.key;
  const order = up ? 'ascending' : down ? 'descending' : undefined;
  return (
    <span role="columnheader" aria-sort={order} className={cx('truncate', column.end && 'text-end')}>
      {column.sortable && onSort ? (
        <button
          type="button"
          onClick={() => onSort(down ? column.key : `-${column.key}`)}
          aria-label={t('sortBy', { column: column.title })}
          className="inline-flex items-center gap-1 rounded hover:text-fg"
        >
          {column.title}
          {up && <ArrowUp size={12} aria-hidden="true" />}
          {down && <ArrowDown size={12} aria-hidden="true" />}
        </button>
      ) : (
        <span className={cx(column.quiet && 'sr-only')}>{column.title}</span>
      )}
    </span>
  );
}
