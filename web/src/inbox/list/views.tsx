import { useQuery } from '@tanstack/react-query';
import { Bookmark, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { ListFilter } from '../../lib/inbox';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Input } from '../../ui/input';
import { dropView, keepView, searchOf, viewsQuery } from '../data/views';
import { t } from '../t';

const refused = (error: unknown) => void toast(Problem.of(error).message, { kind: 'failed' });

/** The lists that were kept, and a name for this one. */
export function Views({ filter }: { filter: ListFilter }) {
  const [, setSearch] = useFilters();
  const views = useQuery(viewsQuery).data ?? [];
  const [name, setName] = useState('');
  const keep = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    keepView(name.trim(), filter, true).then(() => setName(''), refused);
  };
  return (
    <section className="space-y-1.5 border-t border-line pt-3" aria-label={t('savedViews')}>
      <h3 className="text-xs font-semibold text-fg-3">{t('savedViews')}</h3>
      <ul>
        {views.map((view) => (
          <li key={view.id} className="group flex items-center">
            <button
              type="button"
              onClick={() => setSearch(searchOf(view))}
              className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-lg px-1.5 text-sm hover:bg-sunken"
            >
              <Bookmark size={14} className="shrink-0 text-fg-3" aria-hidden="true" />
              <span className="truncate">{view.name}</span>
            </button>
            <Button
              variant="ghost"
              size="iconsm"
              aria-label={t('removeView', { name: view.name })}
              onClick={() => dropView(view.id).catch(refused)}
            >
              <Trash2 size={14} />
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={keep} className="flex gap-1.5">
        <Input
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
          placeholder={t('nameOfView')}
          aria-label={t('nameOfView')}
        />
        <Button type="submit" variant="outline" className="h-9" disabled={!name.trim()}>
          {t('keepView')}
        </Button>
      </form>
    </section>
  );
}
