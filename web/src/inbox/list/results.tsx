import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { Fragment, useEffect, useRef } from 'react';
import { nameOf } from '../../lib/inbox';
import { exact, listTime } from '../../lib/time';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Empty, Failed } from '../../ui/states';
import { type Hit, type Person, searchQuery } from '../data/search';
import { t } from '../t';
import { ListSkeleton } from './skeleton';

/** People first, then messages with what was found; each opens at its place. */
export default function Results({ q }: { q: string }) {
  const query = useInfiniteQuery(searchQuery(q));
  const end = useRef<HTMLLIElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    const el = end.current;
    if (!el || !hasNextPage || isFetchingNextPage) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage());
    seen.observe(el);
    return () => seen.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (query.isPending) return <ListSkeleton />;
  if (query.isError)
    return <Failed title={t('searchFailed')} error={query.error} onRetry={() => void query.refetch()} />;
  const people = query.data.pages.flatMap((page) => page.people);
  const hits = query.data.pages.flatMap((page) => page.results);
  if (!people.length && !hits.length && !hasNextPage)
    return <Empty title={t('nothingFound')} about={t('searchAbout')} />;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto border-t border-line" role="region" aria-label={t('results')}>
      {people.length > 0 && <Title>{t('people')}</Title>}
      <ul>
        {people.map((person) => (
          <PersonRow key={person.contact.id} person={person} />
        ))}
      </ul>
      {hits.length > 0 && <Title>{t('messages')}</Title>}
      <ul>
        {hits.map((hit) => (
          <HitRow key={hit.message_id} hit={hit} />
        ))}
        <li ref={end} className="h-px" />
      </ul>
      {hasNextPage && (
        <div className="p-3 text-center">
          <Button variant="outline" size="sm" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('searchOn')}
          </Button>
        </div>
      )}
    </div>
  );
}

const Title = ({ children }: { children: string }) => (
  <h2 className="sticky top-0 z-10 border-b border-line bg-surface px-4 py-1.5 text-xs font-semibold text-fg-3">
    {children}
  </h2>
);
const LOOK = 'flex gap-3 border-b border-line px-4 py-2.5 hover:bg-sunken -outline-offset-2';

function PersonRow({ person: { contact, conversation_id: id } }: { person: Person }) {
  const name = nameOf(contact);
  const inside = (
    <>
      <Avatar name={name} id={contact.id} size={32} />
      <span className="min-w-0">
        <span className="block truncate font-medium" dir="auto">
          {name}
        </span>
        <span className="block truncate text-xs text-fg-3">
          {[contact.telegram_username && `@${contact.telegram_username}`, contact.phone].filter(Boolean).join(' · ')}
        </span>
      </span>
    </>
  );
  return (
    <li>
      {id ? (
        <Link to="/inbox/$id" params={{ id }} search={true as never} data-hit="" className={LOOK}>
          {inside}
        </Link>
      ) : (
        <Link to="/contacts/$id" params={{ id: contact.id }} data-hit="" className={LOOK}>
          {inside}
        </Link>
      )}
    </li>
  );
}

function HitRow({ hit }: { hit: Hit }) {
  const search = (before: Record<string, string>) => ({ ...before, at: hit.message_id });
  return (
    <li>
      <Link
        to="/inbox/$id"
        params={{ id: hit.conversation_id }}
        search={search as never}
        data-hit=""
        className={`${LOOK} flex-col !gap-0.5`}
      >
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate text-sm font-medium" dir="auto">
            {hit.contact?.name ?? hit.author.name}
          </span>
          <time className="text-xs text-fg-3 tabular-nums" dateTime={hit.created_at} title={exact(hit.created_at)}>
            {listTime(hit.created_at)}
          </time>
        </span>
        <span className="flex items-baseline gap-1.5 text-sm text-fg-2">
          {hit.kind === 'note' && (
            <Lock size={12} className="shrink-0 self-center text-note-meta" aria-label={t('note')} />
          )}
          <span className="line-clamp-2 min-w-0 break-words" dir="auto">
            <Highlighted snippet={hit.snippet} />
          </span>
        </span>
      </Link>
    </li>
  );
}

function Highlighted({ snippet: { text, highlights } }: { snippet: Hit['snippet'] }) {
  let at = 0;
  const parts = highlights.map(({ offset, length }) => {
    const before = text.slice(at, offset);
    at = offset + length;
    return (
      <Fragment key={offset}>
        {before}
        <mark className="rounded-sm bg-warn-soft text-warn">{text.slice(offset, at)}</mark>
      </Fragment>
    );
  });
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  );
}
