import { useNavigate } from '@tanstack/react-router';
import { AlarmClock, CircleCheck, Paperclip } from 'lucide-react';
import { type DragEvent, lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { type Conversation, titleOf } from '../../lib/inbox';
import { useFilters } from '../../lib/search';
import { dateTime } from '../../lib/time';
import { Failed } from '../../ui/states';
import { Composer } from '../composer/composer';
import { addFiles } from '../composer/files';
import { composeWith } from '../composer/intent';
import { act } from '../data/actions';
import { useViewing } from '../data/presence';
import { openTimeline, timelineOf } from '../data/timeline';
import { Header } from '../details/header';
import { t } from '../t';
import { useMe } from '../use-me';
import { lightbox } from './lightbox-state';
import { firstUnread } from './rows';
import { Timeline } from './timeline';
import { keptUnread } from './unread';

const Lightbox = lazy(() => import('./lightbox'));
const READ_AFTER_MS = 1_000;

type Props = { c: Conversation; onDetails: () => void; onSentAndClosed: () => void };

/** One conversation: its head, its timeline, and where one writes. */
export function Thread({ c, onDetails, onSentAndClosed }: Props) {
  const [search, setSearch] = useFilters();
  const nav = useNavigate();
  const loaded = timelineOf(c.id).use();
  const { at } = search;
  useViewing(c.id);
  useEffect(() => void openTimeline(c.id, at), [c.id, at]);
  const unread = useUnreadLine(c, loaded.state === 'ready', loaded.entries);
  const onAtEnd = useReading(c);
  const onNewest = useCallback(() => {
    setSearch({ at: '' });
    if (!at) void openTimeline(c.id);
  }, [setSearch, at, c.id]);
  useEffect(() => {
    const quote = (event: Event) => composeWith({ mode: 'reply', replyTo: (event as CustomEvent<string>).detail });
    window.addEventListener('quote', quote);
    return () => window.removeEventListener('quote', quote);
  }, []);
  const drag = useDrop(c.id);
  const isAround = loaded.state === 'ready' && loaded.newer !== undefined;
  return (
    <section
      aria-label={t('conversationWith', { name: titleOf(c) })}
      className="@container relative flex min-h-0 min-w-0 flex-col"
      {...drag.on}
    >
      {/* On a phone the list, and its heading, is not there. */}
      <h1 className="sr-only md:hidden">{titleOf(c)}</h1>
      <Header c={c} onDetails={onDetails} />
      <Strip c={c} />
      {loaded.state === 'loading' ? (
        <Bubbles />
      ) : loaded.state === 'failed' ? (
        <div className="flex-1 bg-canvas">
          <Failed
            title={t('messagesFailed')}
            error={loaded.problem}
            onRetry={() => void (at ? nav({ to: '.', search: {} as never }) : openTimeline(c.id))}
          />
        </div>
      ) : (
        <Timeline
          key={isAround ? 'around' : 'end'}
          c={c}
          loaded={loaded}
          unread={unread}
          at={at}
          onAtEnd={onAtEnd}
          onNewest={onNewest}
        />
      )}
      <Composer c={c} loaded={loaded} onSentAndClosed={onSentAndClosed} />
      {drag.isOver && (
        <div className="pointer-events-none absolute inset-2 z-20 flex flex-col items-center justify-center gap-2 rounded-2xl border-2 border-dashed border-accent-text bg-accent-soft/90 font-medium text-accent-text">
          <Paperclip size={28} aria-hidden="true" />
          {t('dropHere')}
        </div>
      )}
      {lightbox.use() && (
        <Suspense>
          <Lightbox />
        </Suspense>
      )}
    </section>
  );
}

const Bubbles = () => (
  <div
    className="flex-1 animate-pulse space-y-3 bg-canvas p-6"
    role="status"
    aria-busy="true"
    aria-label={t('loadingMessages')}
  >
    <i className="block h-10 w-1/2 rounded-2xl bg-surface" />
    <i className="ms-auto block h-16 w-1/2 rounded-2xl bg-out" />
    <i className="block h-10 w-2/5 rounded-2xl bg-surface" />
  </div>
);

/** Closed or snoozed: said above the timeline, with the way back. */
function Strip({ c }: { c: Conversation }) {
  const me = useMe();
  if (c.status === 'OPEN') return null;
  const isClosed = c.status === 'CLOSED';
  return (
    <p className="flex items-center justify-center gap-2 border-b border-line bg-sunken px-4 py-1.5 text-sm text-fg-2">
      {isClosed ? <CircleCheck size={15} aria-hidden="true" /> : <AlarmClock size={15} aria-hidden="true" />}
      {isClosed ? t('isClosed') : t('isSnoozed', { time: c.snoozed_until ? dateTime(c.snoozed_until) : '' })}
      <button
        type="button"
        className="font-semibold text-accent-text underline"
        onClick={() => void act([c.id], { do: 'reopen' }, me)}
      >
        {t('reopen')}
      </button>
    </p>
  );
}

/** Where reading began stays where it was when the conversation was opened. */
function useUnreadLine(c: Conversation, isReady: boolean, entries: Parameters<typeof firstUnread>[0]) {
  const [n] = useState(c.unread_count);
  const line = useRef<{ from: string; n: number } | undefined>(undefined);
  if (isReady && n > 0 && !line.current) {
    const from = firstUnread(entries, n);
    if (from) line.current = { from, n };
  }
  return line.current;
}

/** Read is what stood at its end for a second, in a window in front; "mark as unread" holds until one leaves. */
function useReading(c: Conversation) {
  const me = useMe();
  const [isAtEnd, setAtEnd] = useState(false);
  useEffect(() => () => void keptUnread.delete(c.id), [c.id]);
  useEffect(() => {
    if (!isAtEnd || c.unread_count === 0) return;
    const timer = setInterval(() => {
      if (!document.hasFocus() || keptUnread.has(c.id)) return;
      clearInterval(timer);
      void act([c.id], { do: 'read' }, me);
    }, READ_AFTER_MS);
    return () => clearInterval(timer);
  }, [isAtEnd, c.unread_count, c.id, me]);
  return setAtEnd;
}

function useDrop(id: string) {
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  const on = {
    onDragEnter: (event: DragEvent) => hasFiles(event) && setDepth((n) => n + 1),
    onDragLeave: (event: DragEvent) => hasFiles(event) && setDepth((n) => Math.max(0, n - 1)),
    onDragOver: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDepth(0);
      addFiles(id, event.dataTransfer.files);
      composeWith({ mode: 'reply' });
    },
  };
  return { isOver: depth > 0, on };
}
