import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { MessageSquareText } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { cx } from '../lib/cx';
import { type Conversation, conversationQuery } from '../lib/inbox';
import { panes } from '../lib/store';
import { Kbd } from '../ui/kbd';
import { Empty, Failed } from '../ui/states';
import { knownConversation } from './data/lists';
import { useKeys } from './keys';
import { ConversationList } from './list/list';
import { picking } from './picking';
import { t } from './t';
import { Thread } from './thread/thread';

const Details = lazy(() => import('./details/details').then((file) => ({ default: file.Details })));
const PickDialog = lazy(() => import('./pick-dialog'));

/** The list, the conversation, the person. On a phone one at a time. `narrow` leaves the list out. */
export function Inbox({ id, narrow }: { id: string | undefined; narrow?: boolean }) {
  const nav = useNavigate();
  const [order, setOrder] = useState<string[]>([]);
  const open = useQuery({
    ...conversationQuery(id ?? ''),
    enabled: !!id,
    placeholderData: () => (id ? knownConversation(id) : undefined),
  });
  const c = id ? open.data : undefined;
  // Where one is about to be: keys come faster than pages.
  const aim = useRef(id);
  useEffect(() => {
    aim.current = id;
  }, [id]);
  const go = useCallback(
    (to: string | undefined) => {
      const search = (before: Record<string, string>) => ({ ...before, at: undefined });
      aim.current = to ?? aim.current;
      if (to) void nav({ to: '/inbox/$id', params: { id: to }, search: search as never });
    },
    [nav],
  );
  const step = useCallback(
    (by: number) => {
      const at = aim.current ? order.indexOf(aim.current) : -1;
      go(order[Math.min(order.length - 1, Math.max(0, at + by))]);
    },
    [order, go],
  );
  useKeys({ c, order, step, go });
  const { shows, isSheet, toggle, close } = useDetails(id, !!narrow);
  useEffect(() => {
    const on = (event: Event) => go((event as CustomEvent<string>).detail);
    window.addEventListener('open-conversation', on);
    return () => window.removeEventListener('open-conversation', on);
  }, [go]);
  return (
    <div
      className={cx(
        'grid h-full min-h-0 min-w-0 grid-cols-1',
        !narrow && 'md:grid-cols-[348px_minmax(0,1fr)]',
        !narrow && c && shows && 'lg:grid-cols-[348px_minmax(0,1fr)_300px]',
      )}
    >
      {!narrow && (
        <div className={cx('grid min-h-0', id && 'max-md:hidden')}>
          <ConversationList openId={id} onShown={setOrder} />
        </div>
      )}
      {c ? (
        <>
          <Thread key={c.id} c={c} onDetails={toggle} onSentAndClosed={() => go(nextOf(order, c))} />
          {shows && (
            <Suspense
              fallback={<div className={cx('border-s border-line bg-surface max-lg:hidden', narrow && 'hidden')} />}
            >
              <Details c={c} isSheet={isSheet} onClose={close} />
            </Suspense>
          )}
        </>
      ) : (
        <div className={cx('bg-canvas', !id && 'max-md:hidden')}>
          {id && open.isError ? (
            <Failed title={t('conversationFailed')} error={open.error} onRetry={() => void open.refetch()} />
          ) : (
            !id && <Nothing />
          )}
        </div>
      )}
      <Picks id={id} />
    </div>
  );
}

const nextOf = (order: string[], c: Conversation) =>
  order[order.indexOf(c.id) + 1] ?? order.find((one) => one !== c.id);

/** On wide screens a pane that stays; elsewhere a page over the others, closed with each conversation. */
function useDetails(id: string | undefined, narrow: boolean) {
  const pane = panes.use().details;
  const isWide = useWide() && !narrow;
  const [sheet, setSheet] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation closes it
  useEffect(() => setSheet(false), [id]);
  const toggle = useCallback(() => {
    if (isWide) panes.set((before) => ({ ...before, details: !before.details }));
    else setSheet((on) => !on);
  }, [isWide]);
  return { shows: isWide ? pane : sheet, isSheet: !isWide, toggle, close: () => setSheet(false) };
}

function useWide() {
  const query = matchMedia('(min-width: 64rem)');
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const on = () => setWide(query.matches);
    query.addEventListener('change', on);
    return () => query.removeEventListener('change', on);
  });
  return wide;
}

function Nothing() {
  return (
    <div className="flex h-full flex-col items-center justify-center">
      <Empty
        icon={<MessageSquareText size={40} strokeWidth={1.4} />}
        title={t('pickOne')}
        about={
          <>
            <Kbd>J</Kbd> {t('next')} <Kbd className="ms-2 border-line-2 bg-surface text-fg-3">K</Kbd> {t('previous')}{' '}
            <Kbd className="ms-2 border-line-2 bg-surface text-fg-3">?</Kbd> {t('allShortcuts')}
          </>
        }
      />
    </div>
  );
}

/** The dialog, unless the open conversation's own button shows the same form. */
function Picks({ id }: { id: string | undefined }) {
  const open = picking.use();
  if (!open || open.kind === 'filter') return null;
  const isOwn = open.ids.length === 1 && open.ids[0] === id && open.kind !== 'labels';
  if (isOwn && matchMedia('(min-width: 48rem)').matches) return null;
  return (
    <Suspense>
      <PickDialog />
    </Suspense>
  );
}
