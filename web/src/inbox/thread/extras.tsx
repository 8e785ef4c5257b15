import { ExternalLink } from 'lucide-react';
import { cx } from '../../lib/cx';
import type { Conversation, Entry } from '../../lib/inbox';
import { t } from '../t';

/** Under the bubble: the buttons that the person sees, and reactions. */
export function Extras({ m, isOut, c }: { m: Entry; isOut: boolean; c: Conversation }) {
  const { buttons } = m.content;
  return (
    <>
      {buttons.length > 0 && (
        <div className="mt-1 w-full min-w-64 space-y-1" role="note" aria-label={t('buttonsShown')}>
          {buttons.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their order
            <div key={at} className="flex gap-1">
              {row.map((button, k) => (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: buttons keep their order
                  key={k}
                  title={'url' in button ? button.url : undefined}
                  className={cx(
                    'flex h-8 min-w-0 flex-1 items-center justify-center gap-1 rounded-lg px-2 text-sm font-medium',
                    isOut ? 'bg-out/70 text-out-fg' : 'bg-in text-fg ring-1 ring-in-line',
                  )}
                >
                  <span className="truncate" dir="auto">
                    {button.text}
                  </span>
                  {'url' in button && <ExternalLink size={12} className="shrink-0" aria-hidden="true" />}
                </span>
              ))}
            </div>
          ))}
        </div>
      )}
      {m.reactions.length > 0 && <Reactions m={m} c={c} />}
    </>
  );
}

function Reactions({ m }: { m: Entry; c: Conversation }) {
  const counts = new Map<string, string[]>();
  for (const one of m.reactions)
    for (const emoji of one.emoji) counts.set(emoji, [...(counts.get(emoji) ?? []), one.actor_name ?? one.actor]);
  return (
    <div className="z-1 -mt-1 flex flex-wrap gap-1 px-2">
      {[...counts].map(([emoji, people]) => (
        <span
          key={emoji}
          title={people.join(', ')}
          role="img"
          aria-label={t('reacted', { emoji, people: people.join(', ') })}
          className="flex h-6 items-center gap-1 rounded-full bg-surface px-2 text-sm shadow-bubble ring-1 ring-line"
        >
          {emoji}
          {people.length > 1 && <span className="text-2xs text-fg-2 tabular-nums">{people.length}</span>}
        </span>
      ))}
    </div>
  );
}
