import type { ReactNode } from 'react';
import { cx } from '../lib/cx';

type Props = { title?: string; about?: ReactNode; actions?: ReactNode; children?: ReactNode; className?: string };

/** A part of a page with a title of its own. */
export function Panel({ title, about, actions, children, className }: Props) {
  return (
    <section aria-label={title} className={cx('rounded-xl border border-line bg-surface', className)}>
      {(title || actions) && (
        <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 pt-4">
          <div className="min-w-0 flex-1">
            {title && <h2 className="font-semibold">{title}</h2>}
            {about && <p className="mt-0.5 text-sm text-fg-3">{about}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children ? <div className="px-5 py-4">{children}</div> : <div className="pb-4" />}
    </section>
  );
}

/** Names and values; a value that is missing leaves its line out. */
export function Facts({ rows }: { rows: [name: string, value: ReactNode][] }) {
  const shown = rows.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false);
  return (
    <dl className="grid gap-x-4 gap-y-2 text-sm min-[380px]:grid-cols-[minmax(96px,140px)_minmax(0,1fr)]">
      {shown.map(([name, value]) => (
        <div key={name} className="col-span-full grid grid-cols-subgrid items-baseline">
          <dt className="text-fg-3">{name}</dt>
          <dd className="min-w-0 break-words rtl:text-right" dir="auto">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A number and what it counts. */
export function Stat({ label, value, tone, hint }: { label: string; value: ReactNode; tone?: string; hint?: string }) {
  return (
    <div className="flex min-w-0 flex-col justify-end" title={hint}>
      <dt className="text-xs text-fg-3">{label}</dt>
      <dd className={cx('mt-0.5 text-[20px] leading-7 font-semibold tabular-nums', tone)}>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}
