import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CornerDownLeft, Moon, Search } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useMemo, useState } from 'react';
import { t } from '../i18n/shell';
import { cx } from '../lib/cx';
import { nameOf, searchPeopleQuery } from '../lib/inbox';
import { switchTenant, useSession } from '../lib/session';
import { toggleTheme } from '../lib/store';
import { Avatar } from '../ui/avatar';
import { Kbd } from '../ui/kbd';
import { type Command, offered } from './commands';
import { places } from './places';

type Item = Command & { person?: string };

function useItems(q: string): Item[] {
  const nav = useNavigate();
  const { tenants, tenant } = useSession();
  const asked = useDeferredValue(q.trim());
  const { data } = useQuery({ ...searchPeopleQuery(asked), placeholderData: (before) => before });
  return useMemo(() => {
    const go = places.map((place) => ({
      id: place.to,
      group: t('goTo'),
      label: t(place.name),
      icon: place.icon,
      keys: place.keys,
      run: () => void nav({ to: place.to }),
    }));
    const theme = { id: 'theme', group: t('preferences'), label: t('toggleTheme'), icon: Moon, run: toggleTheme };
    const others = tenants
      .filter((one) => one.id !== tenant.id)
      .map((one) => ({
        id: one.id,
        group: t('workspaces'),
        label: t('switchTo', { name: one.name }),
        run: () => switchTenant(one.id),
      }));
    const commands: Item[] = [...offered.commands(), ...go, ...others, theme];
    const people: Item[] = (data ?? []).map((one) => ({
      id: `c${one.id}`,
      group: t('people'),
      label: nameOf(one.contact),
      sub: one.contact.telegram_username ? `@${one.contact.telegram_username}` : '',
      person: one.contact.id,
      run: () => void nav({ to: '/inbox/$id', params: { id: one.id } }),
    }));
    const word = q.trim().toLowerCase();
    if (!word) return [...commands, ...people.slice(0, 3)];
    const hit = (item: Item) => `${item.label} ${item.sub ?? ''}`.toLowerCase().includes(word);
    // The server has already judged the people.
    return [...commands.filter(hit), ...people].slice(0, 14);
  }, [q, data, nav, tenants, tenant.id]);
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  const items = useItems(q);
  const run = (item?: Item) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const onKey = (event: KeyboardEvent) => {
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && items.length) {
      event.preventDefault();
      const next = (at + (event.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length;
      setAt(next);
      document.getElementById(`pal-${next}`)?.scrollIntoView({ block: 'nearest' });
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      run(items[at]);
    }
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/30 dark:bg-black/55" />
        <Dialog.Popup
          aria-label={t('paletteHint')}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(620px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-2xl bg-raised shadow-pop"
        >
          <div className="flex h-13 items-center gap-3 border-b border-line px-4">
            <Search size={18} className="text-fg-3" aria-hidden="true" />
            <input
              value={q}
              onChange={(event) => {
                setQ(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKey}
              placeholder={t('paletteHint')}
              role="combobox"
              aria-expanded="true"
              aria-controls="pal"
              aria-activedescendant={items.length ? `pal-${at}` : undefined}
              aria-label={t('paletteHint')}
              className="flex-1 bg-transparent text-lg outline-none placeholder:text-fg-3"
            />
            <Kbd>esc</Kbd>
          </div>
          <div
            id="pal"
            role="listbox"
            aria-label={t('results')}
            className="max-h-[min(440px,60vh)] overflow-y-auto p-1.5"
          >
            {items.map((item, k) => (
              <Row
                key={item.id}
                item={item}
                at={k}
                on={k === at}
                before={items[k - 1]}
                pick={() => setAt(k)}
                run={() => run(item)}
              />
            ))}
          </div>
          {items.length === 0 && <p className="p-6 text-center text-sm text-fg-3">{t('nothingMatches', { q })}</p>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type RowProps = { item: Item; at: number; on: boolean; before: Item | undefined; pick: () => void; run: () => void };
function Row({ item, at, on, before, pick, run }: RowProps) {
  return (
    <>
      {before?.group !== item.group && (
        <div role="presentation" className="px-2.5 pt-2 pb-1 text-2xs font-medium text-fg-3">
          {item.group}
        </div>
      )}
      <div
        id={`pal-${at}`}
        role="option"
        tabIndex={-1}
        aria-selected={on}
        onPointerMove={pick}
        onPointerDown={(event) => {
          event.preventDefault();
          run();
        }}
        className={cx('flex h-9 items-center gap-3 rounded-lg px-2.5 text-sm', on && 'bg-accent-soft text-accent-text')}
      >
        {item.icon ? (
          <item.icon size={16} className={on ? '' : 'text-fg-3'} aria-hidden="true" />
        ) : (
          <Avatar name={item.label} id={item.person ?? item.id} size={20} />
        )}
        <span className="whitespace-nowrap">{item.label}</span>
        <span className="min-w-0 flex-1 truncate text-xs text-fg-3">{item.sub}</span>
        {item.keys?.split(' ').map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
        {on && !item.keys && <CornerDownLeft size={14} aria-hidden="true" />}
      </div>
    </>
  );
}
