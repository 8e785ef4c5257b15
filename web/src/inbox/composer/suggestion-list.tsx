import { cx } from '../../lib/cx';
import type { Mode } from '../data/drafts';
import { t } from '../t';
import { missing } from './canned';
import type { Suggestion } from './suggest';

type Props = {
  id: string;
  hits: Suggestion[];
  at: number;
  mode: Mode;
  onPick: (hit: Suggestion) => void;
  onAim: (at: number) => void;
};

export function SuggestionList({ id, hits, at, mode, onPick, onAim }: Props) {
  const isEmoji = hits.some((hit) => hit.insert.startsWith(hit.head));
  return (
    <div
      role="listbox"
      id={id}
      aria-label={mode === 'note' ? t('teammates') : t('savedReplies')}
      hidden={hits.length === 0}
      className="absolute inset-x-0 bottom-full z-20 mb-1 max-h-72 animate-pop overflow-y-auto rounded-xl bg-raised p-1 shadow-pop"
    >
      {hits.map((hit, k) => (
        <div
          key={hit.key}
          role="option"
          tabIndex={-1}
          id={`${id}-${k}`}
          aria-selected={k === at}
          onPointerMove={() => onAim(k)}
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(hit);
          }}
          className={cx('flex items-start gap-3 rounded-lg px-3 py-2 text-sm', k === at && 'bg-sunken')}
        >
          <span className={cx('shrink-0 truncate font-medium text-accent-text', !isEmoji && 'w-24')}>{hit.head}</span>
          <span
            className={cx(
              'min-w-0 flex-1 text-fg-2',
              k === at && !isEmoji ? 'line-clamp-3 whitespace-pre-line' : 'truncate',
            )}
            dir="auto"
          >
            {hit.about}
          </span>
          {missing(hit.insert) && <span className="shrink-0 text-xs text-bad">{missing(hit.insert)}</span>}
        </div>
      ))}
    </div>
  );
}
