import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { useEffect } from 'react';
import { composeWith } from '../../inbox/composer/intent';
import { pick } from '../../inbox/picking';
import { request } from '../../lib/api';
import { cx } from '../../lib/cx';
import type { Entry } from '../../lib/inbox';
import { useSession } from '../../lib/session';
import { persisted } from '../../lib/store';
import { Title } from './controls';
import { t } from './t';

const STEPS = ['answer', 'note', 'assign', 'canned', 'broadcast', 'close'] as const;
type Step = (typeof STEPS)[number];
const ticked = persisted<Step[]>('sandbox-tour', []);
const uses = persisted<Record<string, number>>('canned-uses', {});
const broadcastsQuery = {
  queryKey: ['sandbox', 'broadcasts'],
  queryFn: async () => (await request<{ results: unknown[] }>('/broadcast/?page_size=1')).results.length,
  refetchInterval: 10_000,
};

/** Six things that one does in an inbox; each ticks itself when it was done. */
export function Tour({ conversation, entries }: { conversation: string | undefined; entries: Entry[] }) {
  const done = ticked.use();
  const { user } = useSession();
  const nav = useNavigate();
  const canned = Object.keys(uses.use()).length > 0;
  const broadcasts = useQuery(broadcastsQuery).data ?? 0;
  useEffect(() => {
    const mine = entries.filter((one) => one.author.id === user.id);
    const is: Record<Step, boolean> = {
      answer: mine.some((one) => one.direction === 'OUTGOING'),
      note: mine.some((one) => one.kind === 'note'),
      assign: mine.some((one) => one.content.detail === 'assigned'),
      canned,
      broadcast: broadcasts > 0,
      close: mine.some((one) => one.content.detail === 'closed'),
    };
    const fresh = STEPS.filter((step) => is[step] && !ticked.get().includes(step));
    if (fresh.length) ticked.set((before) => [...before, ...fresh]);
  }, [entries, user.id, canned, broadcasts]);
  const show: Record<Step, () => void> = {
    answer: () => composeWith({ mode: 'reply' }),
    note: () => composeWith({ mode: 'note' }),
    assign: () => conversation && pick('assign', [conversation]),
    canned: () => composeWith({ mode: 'reply', text: '/' }),
    broadcast: () => void nav({ to: '/broadcasts/new' as never }),
    close: () => document.querySelector<HTMLElement>('[data-close]')?.focus(),
  };
  const isAll = done.length === STEPS.length;
  return (
    <section>
      <Title>{t('tour')}</Title>
      <ol className="space-y-1">
        {STEPS.map((step, at) => {
          const isDone = done.includes(step);
          return (
            <li key={step} className="flex items-center gap-2 text-sm">
              <span
                className={cx(
                  'flex size-5 shrink-0 items-center justify-center rounded-full text-2xs font-semibold',
                  isDone ? 'bg-ok-soft text-ok' : 'bg-sunken text-fg-2',
                )}
              >
                {isDone ? <Check size={13} strokeWidth={3} aria-label="✓" /> : at + 1}
              </span>
              <span className={cx('flex-1', isDone && 'text-fg-3 line-through')}>{t(`step_${step}`)}</span>
              {!isDone && (
                <button
                  type="button"
                  onClick={show[step]}
                  disabled={!conversation && step !== 'broadcast'}
                  className="rounded text-xs font-semibold text-accent-text underline disabled:opacity-45"
                >
                  {t('show')}
                </button>
              )}
            </li>
          );
        })}
      </ol>
      {isAll && <p className="mt-2 text-sm text-ok">{t('tourDone')}</p>}
      {done.length > 0 && (
        <button type="button" className="mt-2 text-xs text-fg-3 underline" onClick={() => ticked.set([])}>
          {t('startOver')}
        </button>
      )}
    </section>
  );
}
