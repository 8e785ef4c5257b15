import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../i18n/shell';
import { cx } from '../lib/cx';

const tones = {
  plain: 'bg-sunken text-fg-2',
  accent: 'bg-accent-soft text-accent-text',
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
};
export type Tone = keyof typeof tones;

/** A state in one word, or a filter that can be taken off. Colour never stands alone: the word says it. */
export function Chip(props: { tone?: Tone; children: ReactNode; onRemove?: () => void; name?: string }) {
  const { tone = 'plain', children, onRemove, name } = props;
  return (
    <span
      className={cx(
        'inline-flex h-5 max-w-full shrink-0 items-center overflow-hidden gap-1 rounded-md px-1.5 text-2xs font-medium whitespace-nowrap tabular-nums',
        tones[tone],
      )}
    >
      {children}
      {onRemove && (
        <button type="button" onClick={onRemove} aria-label={t('remove', { name: name ?? '' })} className="rounded">
          <X size={12} aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
