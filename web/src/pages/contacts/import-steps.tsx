import { cx } from '../../lib/cx';
import { t } from './t';

export const STEPS = ['s1', 's2', 's3', 's4'] as const;
export type Step = (typeof STEPS)[number];

/** Where one stands between a file and its contacts. */
export function Steps({ now }: { now: Step }) {
  return (
    <ol className="no-scrollbar flex gap-2 overflow-x-auto" aria-label={t('importTitle')}>
      {STEPS.map((key, at) => (
        <li
          key={key}
          aria-current={key === now ? 'step' : undefined}
          className={cx(
            'flex items-center gap-2 rounded-full px-3 py-1 text-sm font-medium whitespace-nowrap',
            key === now ? 'bg-accent-soft text-accent-text' : 'text-fg-3',
          )}
        >
          <span className="tabular-nums">{at + 1}</span> {t(key)}
        </li>
      ))}
    </ol>
  );
}
