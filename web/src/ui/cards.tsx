import type { ReactNode } from 'react';

type Props<R> = {
  rows: R[];
  id: (row: R) => string;
  card: (row: R) => ReactNode;
  /** What loads the next ones, and its name; nothing when these are all. */
  more?: { label: string; run: () => void } | undefined;
};

/** A list of a few things as cards, side by side as far as the page is wide. */
export const Cards = <R,>({ rows, id, card, more }: Props<R>) => (
  <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(340px,100%),1fr))] gap-4 p-4 md:p-6">
    {rows.map((row) => (
      <li key={id(row)} className="grid grid-cols-1">
        {card(row)}
      </li>
    ))}
    {more && (
      <li>
        <button type="button" onClick={more.run} className="text-sm font-medium text-accent-text">
          {more.label}
        </button>
      </li>
    )}
  </ul>
);
