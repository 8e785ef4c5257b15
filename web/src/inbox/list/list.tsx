import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Conversation, countsQuery, listQuery } from '../../lib/inbox';
import { useFilters } from '../../lib/search';
import { Button } from '../../ui/button';
import { Empty, Failed } from '../../ui/states';
import { Tabs } from '../../ui/tabs';
import { t } from '../t';
import { Bulk } from './bulk';
import { filterOf, filtersOn, NO_FILTERS } from './filter';
import { ListHead } from './head';
import { heightOf, type Line } from './line';
import { useSteadyOrder } from './order';
import { Row } from './row';
import { RowMenu } from './row-menu';
import { chosen } from './selection';
import { ListSkeleton } from './skeleton';

const Results = lazy(() => import('./results'));

/** The list of conversations, with its views, filters and search. `onShown` hears the rows in their order. */
export function ConversationList({
  openId,
  onShown,
}: {
  openId: string | undefined;
  onShown: (ids: string[]) => void;
}) {
  const [search, setSearch] = useFilters();
  const filter = useMemo(() => filterOf(search), [search]);
  const counts = useQuery({ ...countsQuery(filter), placeholderData: (before) => before }).data;
  const tab = (key: 'mine' | 'unassigned' | 'all', label: string) => ({ key, label, count: counts?.[key] });
  return (
    <section
      aria-label={t('conversations')}
      className="flex min-h-0 min-w-0 flex-col border-line bg-surface md:w-[348px] md:border-e"
    >
      <div className="px-3 pt-3 pb-2">
        <ListHead filter={filter} />
        <Tabs
          className="mt-2"
          label={t('views')}
          value={filter.view}
          onChange={(view) => setSearch({ view: view === 'all' ? '' : view, q: '' })}
          tabs={[tab('mine', t('mine')), tab('unassigned', t('unassignedTab')), tab('all', t('all'))]}
        />
      </div>
      {search.q ? (
        <Suspense fallback={<ListSkeleton />}>
          <Results q={search.q} />
        </Suspense>
      ) : (
        <Rows openId={openId} onShown={onShown} />
      )}
    </section>
  );
}

function Rows({ openId, onShown }: { openId: string | undefined; onShown: (ids: string[]) => void }) {
  const [search, setSearch] = useFilters();
  const filter = useMemo(() => filterOf(search), [search]);
  const query = useInfiniteQuery(listQuery(filter));
  const items = useMemo(() => unique(query.data?.pages.flatMap((page) => page.results) ?? []), [query.data]);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useSteadyOrder(items, JSON.stringify(filter), scroller);
  const now = useNow();
  const selected = chosen.use();
  const v = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => heightOf(shown[at] as Line),
    overscan: 6,
    getItemKey: (at) => (shown[at] as Line).one.id,
  });
  // Heights are known, not measured: a row that gains a chip is three lines high from then on.
  const shape = shown.map(heightOf).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for all heights
  useEffect(() => v.measure(), [shape]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the open one changes, never when the list is sorted
  useEffect(() => {
    const at = shown.findIndex(({ one }) => one.id === openId);
    if (at >= 0) v.scrollToIndex(at, { align: 'auto' });
  }, [openId]);
  useEffect(() => onShown(shown.map(({ one }) => one.id)), [shown, onShown]);
  const news = useNews(items, scroller);
  const rows = v.getVirtualItems();
  const last = rows.at(-1)?.index ?? -1;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= shown.length - 15) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, shown.length]);
  const ids = useRef<string[]>([]);
  ids.current = shown.map(({ one }) => one.id);
  const onSelect = useCallback((id: string, range: boolean) => chosen.toggle(id, range ? ids.current : undefined), []);
  const onSwipe = useCallback((id: string, to: 'close' | 'snooze') => {
    window.dispatchEvent(new CustomEvent('conversation-act', { detail: { ids: [id], what: to } }));
  }, []);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col border-t border-line">
      {news.n > 0 && (
        <button
          type="button"
          onClick={news.show}
          className="absolute start-1/2 top-2 z-10 flex h-7 -translate-x-1/2 animate-pop items-center gap-1.5 rounded-full bg-accent px-3 text-xs font-semibold text-on-accent shadow-pop rtl:translate-x-1/2"
        >
          <ArrowUp size={13} aria-hidden="true" />
          {t('new', { n: news.n })}
        </button>
      )}
      <RowMenu>
        <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain" tabIndex={-1} data-list="">
          {query.isPending ? (
            <ListSkeleton />
          ) : query.isError && !items.length ? (
            <Failed title={t('listFailed')} error={query.error} onRetry={() => void query.refetch()} />
          ) : shown.length === 0 ? (
            <Nothing
              isFiltered={filtersOn(filter) > 0 || filter.view !== 'all'}
              status={filter.status}
              clear={() => setSearch({ ...NO_FILTERS, view: '' })}
            />
          ) : (
            <ul className="relative w-full" style={{ height: v.getTotalSize() }} aria-label={t('conversations')}>
              {rows.map((item) => {
                const { one, isTall } = shown[item.index] as Line;
                return (
                  <li
                    key={item.key}
                    className="absolute inset-x-0 top-0"
                    style={{ transform: `translateY(${item.start}px)`, height: item.size }}
                  >
                    <Row
                      c={one}
                      isTall={isTall}
                      isOpen={one.id === openId}
                      isSelected={selected.has(one.id)}
                      isSelecting={selected.size > 0}
                      now={now}
                      onSelect={onSelect}
                      onSwipe={onSwipe}
                    />
                  </li>
                );
              })}
            </ul>
          )}
        </div>
      </RowMenu>
      {selected.size > 0 && <Bulk ids={[...selected]} />}
    </div>
  );
}

/** A row that moved to the front while its old page is still loaded must not stand twice. */
function unique(items: Conversation[]): Conversation[] {
  const seen = new Set<string>();
  return items.filter((one) => !seen.has(one.id) && seen.add(one.id));
}

function Nothing({ isFiltered, status, clear }: { isFiltered: boolean; status: string; clear: () => void }) {
  const title = { SNOOZED: t('noneSnoozed'), CLOSED: t('noneClosed') }[status] ?? t('allClear');
  return (
    <Empty
      title={title}
      about={t('allClearAbout')}
      action={
        isFiltered && (
          <Button variant="outline" onClick={clear}>
            {t('clearFilters')}
          </Button>
        )
      }
    />
  );
}

/** Times and waits move on by themselves. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** What came in at the top while one has scrolled down. */
function useNews(items: Conversation[], scroller: React.RefObject<HTMLDivElement | null>) {
  const [seen, setSeen] = useState<string | undefined>();
  const newest = items[0] && (items[0].last_message_at ?? items[0].created_at);
  useEffect(() => {
    const el = scroller.current;
    if (!el) return;
    const on = () => {
      if (el.scrollTop < 40) setSeen(undefined);
      else setSeen((before) => before ?? newest);
    };
    el.addEventListener('scroll', on, { passive: true });
    return () => el.removeEventListener('scroll', on);
  }, [scroller, newest]);
  const isNewer = (one: Conversation) => (one.last_message_at ?? one.created_at) > (seen ?? '');
  const n = seen ? items.filter((one) => isNewer(one) && one.unread_count > 0).length : 0;
  return { n, show: () => scroller.current?.scrollTo({ top: 0 }) };
}
