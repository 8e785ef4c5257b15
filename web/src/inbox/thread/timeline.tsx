import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import {
  type KeyboardEvent,
  lazy,
  memo,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { cx } from '../../lib/cx';
import { type Conversation, type Entry, nameOf } from '../../lib/inbox';
import { useSession } from '../../lib/session';
import { dayLabel, ms } from '../../lib/time';
import { useOutbox } from '../data/outbox';
import { type Timeline as Loaded, loadHole, loadMore } from '../data/timeline';
import { t } from '../t';
import { Activity } from './activity';
import { Bubble } from './bubble';
import type { Aim } from './message-menu';
import { asEntry } from './outgoing';
import { buildRows, type Row } from './rows';

const MessageMenu = lazy(() => import('./message-menu'));

const NEAR_TOP = 400;
const FAR_FROM_END = 160;
const FLASH_MS = 1_500;

type Props = {
  c: Conversation;
  loaded: Loaded;
  unread: { from: string; n: number } | undefined;
  /** The entry that was asked for by the address. */
  at: string | undefined;
  onAtEnd: (isAtEnd: boolean) => void;
  onNewest: () => void;
};

export function Timeline({ c, loaded, unread, at, onAtEnd, onNewest }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRows(c, loaded, unread);
  const latest = useRef(rows);
  latest.current = rows;
  const [away, setAway] = useState(false);
  const [aim, setAim] = useState<Aim>();
  // Kept once it was wanted: it asks before it deletes.
  const wantsMenu = useRef(false);
  wantsMenu.current ||= !!aim;
  const v = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (rows[i] as Row).est,
    overscan: 8,
    getItemKey: (i) => (rows[i] as Row).key,
    anchorTo: 'end',
    followOnAppend: !loaded.newer,
    scrollEndThreshold: 80,
    directDomUpdates: true,
    paddingStart: 12,
    paddingEnd: 8,
  });
  const flash = useFlash(at, rows, v);
  // Open at the unread line when there is one, else at the end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per conversation, the component is keyed by it
  useLayoutEffect(() => {
    if (at) return;
    const lineOf = () => latest.current.findIndex((row) => row.type === 'unread');
    const line = lineOf();
    const isLong = line >= 0 && rows.length - line > 9;
    // Estimates differ from real heights until the rows are measured; settle for a few frames.
    return settle(() => (isLong ? v.scrollToIndex(lineOf(), { align: 'start' }) : v.scrollToEnd()));
  }, []);
  const pill = useDayPill(rows, v, scroller);
  const more = useCallback((to: 'older' | 'newer') => void loadMore(c.id, to), [c.id]);
  useEffect(() => {
    const el = scroller.current;
    if (!el) return;
    const on = () => {
      // From the virtualizer's own numbers: reading scrollHeight here would force a layout on every frame.
      const left = v.getTotalSize() - (v.scrollOffset ?? 0) - (v.scrollRect?.height ?? 0);
      setAway(left > FAR_FROM_END || !!loaded.newer);
      onAtEnd(left < 80 && !loaded.newer);
      if ((v.scrollOffset ?? 0) < NEAR_TOP) more('older');
      if (left < NEAR_TOP && loaded.newer) more('newer');
    };
    const first = requestAnimationFrame(() => requestAnimationFrame(on));
    el.addEventListener('scroll', on, { passive: true });
    return () => {
      cancelAnimationFrame(first);
      el.removeEventListener('scroll', on);
    };
  }, [v, loaded.newer, more, onAtEnd]);
  usePinned(scroller, v, away);
  const news = useNews(loaded, away);
  const toEnd = () => (loaded.newer ? onNewest() : v.scrollToEnd({ behavior: 'smooth' }));
  const sent = useOutbox().filter((one) => one.conversation === c.id).length;
  const before = useRef(sent);
  useEffect(() => {
    if (sent > before.current && !loaded.newer) settle(() => v.scrollToEnd());
    before.current = sent;
  }, [sent, loaded.newer, v]);

  return (
    <div className="relative min-h-0 flex-1 bg-canvas">
      <div
        className={cx(
          'pointer-events-none absolute inset-x-0 top-2 z-10 flex justify-center transition-opacity duration-200',
          pill.on ? 'opacity-100' : 'opacity-0',
        )}
        aria-hidden="true"
      >
        {pill.at > 0 && <DayPill at={pill.at} />}
      </div>
      <div
        ref={scroller}
        role="log"
        aria-label={t('messagesWith', { name: nameOf(c.contact) })}
        aria-live="polite"
        aria-relevant="additions"
        tabIndex={0}
        onKeyDown={(event) => onKey(event, v.scrollToEnd, () => v.scrollToIndex(0))}
        onContextMenu={(event) => aimAt(event.target, loaded.entries, setAim) && event.preventDefault()}
        onClick={(event) => {
          const more = (event.target as Element).closest('[data-more]');
          if (more) aimAt(more, loaded.entries, setAim);
        }}
        className="h-full overflow-y-auto overscroll-contain -outline-offset-2 [overflow-anchor:none]"
      >
        <div ref={v.containerRef} className="relative w-full">
          {v.getVirtualItems().map((item) => {
            const row = rows[item.index] as Row;
            return (
              <div
                key={item.key}
                data-index={item.index}
                ref={v.measureElement}
                className={cx('absolute top-0 start-0 w-full', flash === row.key && 'animate-flash')}
              >
                <RowView row={row} c={c} />
              </div>
            );
          })}
        </div>
      </div>
      <Suspense>{wantsMenu.current && <MessageMenu aim={aim} c={c} onClose={() => setAim(undefined)} />}</Suspense>
      {away && (
        <button
          type="button"
          onClick={toEnd}
          aria-label={news ? t('toNewestCount', { n: news }) : t('toNewest')}
          className="absolute end-5 bottom-4 z-10 flex size-10 animate-pop items-center justify-center rounded-full bg-raised text-fg-2 shadow-pop hover:text-fg"
        >
          <ArrowDown size={18} aria-hidden="true" />
          {news > 0 && (
            <span
              aria-hidden="true"
              className="absolute -top-1.5 flex h-[18px] min-w-[18px] items-center justify-center rounded-full bg-accent px-1.5 text-2xs font-semibold text-on-accent tabular-nums"
            >
              {news}
            </span>
          )}
        </button>
      )}
    </div>
  );
}

function useRows(c: Conversation, loaded: Loaded, unread: Props['unread']): Row[] {
  const { user } = useSession();
  const all = useOutbox();
  return useMemo(() => {
    const known = new Set(loaded.entries.map((entry) => entry.id));
    const mine = all.filter((item) => item.conversation === c.id && !(item.entry && known.has(item.entry)));
    const outgoing = loaded.newer ? [] : mine.map((item) => ({ item, entry: asEntry(item, user) }));
    const { entries, holes } = loaded;
    return buildRows({ entries, outgoing, unread, hasStart: !loaded.older, holes });
  }, [c.id, loaded, unread, all, user]);
}

const FRAMES = 5;
/** Repeats a scroll while rows are being measured. */
function settle(scroll: () => void): () => void {
  let n = 0;
  let frame = 0;
  const step = () => {
    scroll();
    if (++n < FRAMES) frame = requestAnimationFrame(step);
  };
  step();
  return () => cancelAnimationFrame(frame);
}

/** Scrolls to the entry that was asked for and lights it up for a moment. */
function useFlash(at: string | undefined, rows: Row[], v: { scrollToIndex: (i: number, o: object) => void }) {
  const [flash, setFlash] = useState<string>();
  const done = useRef<string>(undefined);
  useEffect(() => {
    if (!at || done.current === at) return;
    const index = rows.findIndex((row) => 'm' in row && row.m.id === at);
    if (index < 0) return;
    done.current = at;
    settle(() => v.scrollToIndex(index, { align: 'center' }));
    setFlash((rows[index] as Row).key);
    const timer = setTimeout(() => setFlash(undefined), FLASH_MS);
    return () => clearTimeout(timer);
  }, [at, rows, v]);
  return flash;
}

/** Who reads at the end stays there when the composer grows or a banner comes. */
function usePinned(scroller: RefObject<HTMLDivElement | null>, v: { scrollToEnd: () => void }, away: boolean) {
  const isAway = useRef(away);
  isAway.current = away;
  useEffect(() => {
    const el = scroller.current;
    if (!el) return;
    let before = el.clientHeight;
    const resized = new ResizeObserver(() => {
      if (el.clientHeight !== before && !isAway.current) settle(() => v.scrollToEnd());
      before = el.clientHeight;
    });
    resized.observe(el);
    return () => resized.disconnect();
  }, [scroller, v]);
}

type Virtual = {
  scrollOffset: number | null;
  getVirtualItems: () => { index: number; start: number; end: number }[];
};
/** What people scroll by; everything else that scrolls is the page itself. */
const BY_HAND = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
const BY_HAND_MS = 1_500;
/** The day of what is on top, while one scrolls. */
function useDayPill(rows: Row[], v: Virtual, scroller: RefObject<HTMLDivElement | null>) {
  const [pill, setPill] = useState({ at: 0, on: false });
  useEffect(() => {
    const el = scroller.current;
    if (!el) return;
    let timer: ReturnType<typeof setTimeout>;
    let touched = Number.NEGATIVE_INFINITY;
    const touch = () => {
      touched = performance.now();
    };
    const on = () => {
      const top = v.scrollOffset ?? 0;
      const seen = v.getVirtualItems();
      const first = seen.find((item) => item.end > top + 40);
      const row = first && rows[first.index];
      // A real day row in that spot says the same thing already.
      const isStart = top < 48;
      const clash =
        isStart || seen.some((item) => rows[item.index]?.type === 'day' && item.end > top && item.start < top + 44);
      if (clash || performance.now() - touched > BY_HAND_MS) setPill((now) => (now.on ? { ...now, on: false } : now));
      else if (row)
        setPill((now) => (now.on && dayLabel(now.at) === dayLabel(row.at) ? now : { at: row.at, on: true }));
      clearTimeout(timer);
      timer = setTimeout(() => setPill((now) => ({ ...now, on: false })), 1_200);
    };
    el.addEventListener('scroll', on, { passive: true });
    for (const kind of BY_HAND) el.addEventListener(kind, touch, { passive: true });
    return () => {
      el.removeEventListener('scroll', on);
      for (const kind of BY_HAND) el.removeEventListener(kind, touch);
    };
  }, [v, rows, scroller]);
  return pill;
}

/** How much has come in since one left the end. */
function useNews(loaded: Loaded, away: boolean): number {
  const last = loaded.entries.at(-1)?.sequence ?? 0;
  const [seen, setSeen] = useState(last);
  useEffect(() => {
    if (!away) setSeen(last);
  }, [away, last]);
  if (!away) return 0;
  let n = loaded.missed;
  for (let at = loaded.entries.length - 1; at >= 0; at--) {
    const entry = loaded.entries[at] as Entry;
    if (entry.sequence <= seen) break;
    if (entry.direction === 'INCOMING') n++;
  }
  return n;
}

function aimAt(target: EventTarget, entries: Entry[], set: (aim: Aim) => void): boolean {
  const bubble = (target as Element).closest<HTMLElement>('[data-entry]');
  const entry = bubble && entries.find((one) => one.id === bubble.dataset.entry);
  if (!bubble || !entry || document.getSelection()?.toString()) return false;
  set({ entry, anchor: bubble });
  return true;
}

/** Within the log: arrows walk over bubbles, C copies, Q answers with a quote. */
function onKey(event: KeyboardEvent, toEnd: () => void, toStart: () => void) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'End' || event.key === 'Home') {
    event.preventDefault();
    return event.key === 'End' ? toEnd() : toStart();
  }
  const bubbles = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-entry]')];
  const now = bubbles.indexOf(document.activeElement as HTMLElement);
  if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    const next = bubbles[now < 0 ? bubbles.length - 1 : now + (event.key === 'ArrowUp' ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }
  const bubble = bubbles[now];
  if (!bubble) return;
  if (event.key === 'c') void navigator.clipboard.writeText(bubble.querySelector('[data-text]')?.textContent ?? '');
  if (event.key === 'q') window.dispatchEvent(new CustomEvent('quote', { detail: bubble.dataset.entry }));
  if (event.key === 'c' || event.key === 'q') event.stopPropagation();
}

const DayPill = ({ at }: { at: number }) => (
  <span className="rounded-full bg-surface/90 px-3 py-1 text-xs font-medium text-fg-2 shadow-bubble ring-1 ring-line backdrop-blur">
    {dayLabel(at)}
  </span>
);

const RowView = memo(function RowView({ row, c }: { row: Row; c: Conversation }) {
  switch (row.type) {
    case 'day':
      return (
        <div className="flex justify-center py-2">
          <DayPill at={row.at} />
        </div>
      );
    case 'start':
      return <p className="px-6 pt-4 pb-2 text-center text-xs text-fg-3">{t('start')}</p>;
    case 'unread':
      return (
        <div
          className="flex items-center gap-3 px-4 py-2.5 md:px-6"
          role="separator"
          aria-label={t('newMessages', { n: row.n })}
        >
          <i className="h-px flex-1 bg-accent-text/35" />
          <span className="text-xs font-semibold text-accent-text">{t('newMessages', { n: row.n })}</span>
          <i className="h-px flex-1 bg-accent-text/35" />
        </div>
      );
    case 'hole':
      return (
        <p className="py-2 text-center text-xs text-warn">
          {t('hole')}{' '}
          <button
            type="button"
            className="rounded font-semibold underline"
            onClick={() => void loadHole(c.id, row.after, row.before)}
          >
            {t('load')}
          </button>
        </p>
      );
    case 'activity':
      return <Activity m={row.m} at={ms(row.m.created_at)} />;
    case 'message':
      return <Bubble row={row} c={c} />;
  }
});
