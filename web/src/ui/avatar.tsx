import type { CSSProperties, ReactNode } from 'react';
import { cx } from '../lib/cx';

const initials = (name: string) =>
  name
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();

/** A steady colour for a name or id. */
export function hueOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 360;
}

/** Initials are drawn by CSS: as text they would become part of the name of the control around them. */
export function Avatar(props: { name: string; id?: string; size?: number; className?: string; children?: ReactNode }) {
  const { name, id = name, size = 40, className, children } = props;
  const style = { '--h': hueOf(id), width: size, height: size, fontSize: Math.round(size * 0.37) } as CSSProperties;
  return (
    <span className={cx('relative inline-flex h-fit shrink-0', className)} aria-hidden="true">
      <span
        data-i={initials(name)}
        className="hue inline-flex items-center justify-center rounded-full font-semibold select-none"
        style={style}
      />
      {children}
    </span>
  );
}
