import { Bell, BellRing, Search, SlidersHorizontal, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { cx } from '../../lib/cx';
import type { ListFilter } from '../../lib/inbox';
import { useFilters } from '../../lib/search';
import { preferences } from '../../lib/store';
import { lasting } from '../../lib/time';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Kbd } from '../../ui/kbd';
import { Popover } from '../../ui/popover';
import { Tip } from '../../ui/tip';
import { useBot } from '../data/team';
import { picking } from '../picking';
import { t } from '../t';
import { filtersOn } from './filter';

const FilterForm = lazy(() => import('./filter-form'));

export function ListHead({ filter }: { filter: ListFilter }) {
  const n = filtersOn(filter);
  const isOpen = picking.use()?.kind === 'filter';
  return (
    <>
      <div className="flex items-center gap-1">
        <h1 className="flex-1 px-1 text-lg font-semibold tracking-[-0.01em]">{t('inbox')}</h1>
        <Notify />
        <Popover
          label={t('filters')}
          open={isOpen}
          onOpenChange={(open) => picking.set(open ? { kind: 'filter', ids: [] } : undefined)}
          trigger={
            <Button
              variant="ghost"
              size="icon"
              aria-label={n ? t('filtersOn', { n }) : t('filters')}
              title={`${t('filters')} · F`}
            >
              <SlidersHorizontal size={17} className={cx(n > 0 && 'text-accent-text')} />
            </Button>
          }
        >
          <Suspense fallback={<div className="h-80 w-64" />}>
            <FilterForm filter={filter} />
          </Suspense>
        </Popover>
      </div>
      <SearchField />
      <Chips filter={filter} />
    </>
  );
}

/** Whether the browser may show news; asked for here only, never by itself. */
function Notify() {
  const [state, setState] = useState(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
  if (state !== 'default') return null;
  const ask = async () => {
    setState(await Notification.requestPermission());
    preferences.set((before) => ({ ...before, sounds: true }));
  };
  return (
    <Tip label={t('notifyMe')}>
      <Button variant="ghost" size="icon" aria-label={t('notifyMe')} onClick={ask} className="group">
        <Bell size={17} className="group-hover:hidden" />
        <BellRing size={17} className="hidden group-hover:block" />
      </Button>
    </Tip>
  );
}

const PAUSE_MS = 250;

function SearchField() {
  const [search, setSearch] = useFilters();
  const [text, setText] = useState(search.q ?? '');
  useEffect(() => setText(search.q ?? ''), [search.q]);
  useEffect(() => {
    const timer = setTimeout(() => text.trim() !== (search.q ?? '') && setSearch({ q: text.trim() }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, search.q, setSearch]);
  return (
    <div className="mt-2 flex h-9 items-center gap-2 rounded-lg bg-sunken px-2.5 text-fg-3 focus-within:ring-2 focus-within:ring-accent-text max-md:h-11">
      <Search size={16} aria-hidden="true" />
      <input
        id="search"
        type="text"
        role="searchbox"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setText('');
            event.currentTarget.blur();
          }
          if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('[data-hit] a, [data-hit]')?.focus();
          if (event.key === 'Enter') document.querySelector<HTMLElement>('[data-hit]')?.click();
        }}
        placeholder={t('searchHint')}
        aria-label={t('searchHint')}
        dir="auto"
        className="min-w-0 flex-1 bg-transparent text-sm text-fg outline-none placeholder:text-fg-3 max-md:text-base"
      />
      {text ? (
        <button type="button" aria-label={t('clearSearch')} onClick={() => setText('')} className="rounded p-0.5">
          <X size={15} aria-hidden="true" />
        </button>
      ) : (
        <Kbd className="border-line-2 bg-surface text-fg-3 max-md:hidden">/</Kbd>
      )}
    </div>
  );
}

/** What is filtered for, each to be taken off. */
function Chips({ filter }: { filter: ListFilter }) {
  const [, setSearch] = useFilters();
  const bot = useBot(filter.bot);
  if (!filtersOn(filter)) return null;
  const status = { OPEN: '', SNOOZED: t('snoozed'), CLOSED: t('closed'), ANY: t('anyStatus') }[filter.status];
  const chip = (name: string, text: string) => (
    <Chip key={name} tone="accent" name={text} onRemove={() => setSearch({ [name]: '' })}>
      {text}
    </Chip>
  );
  return (
    <div className="mt-2 flex flex-wrap gap-1 px-0.5">
      {status && chip('status', status)}
      {filter.bot && chip('bot', bot ? `@${bot.bot_username}` : '…')}
      {filter.label && chip('label', filter.label)}
      {filter.unread && chip('unread', t('onlyUnread'))}
      {filter.waiting && chip('waiting', t('waitingOver', { time: lasting(filter.waiting * 60_000) }))}
      {filter.sort && chip('sort', t('longestWaiting'))}
    </div>
  );
}
