import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Ellipsis, LogOut, Moon, RefreshCw, Sun } from 'lucide-react';
import { lazy, Suspense, useState, useSyncExternalStore } from 'react';
import { t } from '../i18n/shell';
import { cx } from '../lib/cx';
import { useHotkeys } from '../lib/hotkeys';
import { statsQuery } from '../lib/inbox';
import { signOut, switchTenant, useSession } from '../lib/session';
import { session } from '../lib/session-state';
import { toggleTheme } from '../lib/store';
import { useStream } from '../lib/stream';
import { Avatar } from '../ui/avatar';
import { Menu, MenuItem, MenuLabel, MenuSep } from '../ui/menu';
import { Tip } from '../ui/tip';
import { Toaster } from '../ui/toaster';
import { Banners, useOffline } from './banners';
import { ON_PHONE, places } from './places';

const Palette = lazy(() => import('./palette'));
const Shortcuts = lazy(() => import('./shortcuts'));
const SessionOver = lazy(() => import('./session-over'));

export function Shell() {
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const isOver = useSyncExternalStore(session.subscribe, session.isOver);
  const nav = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const inThread = /^\/inbox\/./.test(path);
  useHotkeys({
    'mod+k': () => setPalette((open) => !open),
    '?': () => setHelp(true),
    ...Object.fromEntries(places.map((place) => [place.keys.toLowerCase(), () => void nav({ to: place.to })])),
  });
  return (
    <div className="flex h-full flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-lg focus:bg-accent focus:px-3 focus:py-2 focus:text-on-accent"
      >
        {t('skip')}
      </a>
      <nav
        aria-label={t('main')}
        className={cx(
          'order-last flex shrink-0 border-line bg-bg max-md:border-t md:order-first md:w-[60px] md:flex-col md:items-center md:border-e md:py-3',
          inThread && 'max-md:hidden',
        )}
      >
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={32} height={32} className="mb-3 max-md:hidden" />
        <ul className="flex w-full flex-1 max-md:justify-around max-md:pb-[env(safe-area-inset-bottom)] md:flex-col md:items-center md:gap-1">
          {places.map((place, at) => (
            <Place key={place.to} place={place} at={at} on={path.startsWith(place.to)} />
          ))}
          <li className="w-18 min-w-0 md:hidden">
            <Menu
              side="top"
              trigger={
                <button
                  type="button"
                  className={cx(
                    'flex h-14 w-full flex-col items-center justify-center gap-1',
                    places.slice(ON_PHONE).some((place) => path.startsWith(place.to))
                      ? 'text-accent-text'
                      : 'text-fg-3',
                  )}
                >
                  <Ellipsis size={19} aria-hidden="true" />
                  <span className="text-[10px] leading-tight font-medium">{t('more')}</span>
                </button>
              }
            >
              {places.slice(ON_PHONE).map((place) => (
                <MenuItem key={place.to} icon={<place.icon size={16} />} onSelect={() => nav({ to: place.to })}>
                  {t(place.name)}
                </MenuItem>
              ))}
              <MenuSep />
              <MenuItem icon={<Moon size={16} />} onSelect={toggleTheme}>
                {t('toggleTheme')}
              </MenuItem>
              <MenuItem icon={<LogOut size={16} />} onSelect={signOut}>
                {t('signOut')}
              </MenuItem>
            </Menu>
          </li>
        </ul>
        <Foot />
      </nav>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Banners />
        <main id="main" tabIndex={-1} className="min-h-0 min-w-0 flex-1">
          <Outlet />
        </main>
      </div>
      <Toaster />
      <Suspense>
        {isOver && <SessionOver />}
        {palette && <Palette onClose={() => setPalette(false)} />}
        {help && <Shortcuts onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}

function Place({ place, at, on }: { place: (typeof places)[number]; at: number; on: boolean }) {
  const { data } = useQuery({ ...statsQuery, enabled: place.name === 'inbox' });
  const unread = place.name === 'inbox' ? (data?.unread ?? 0) : 0;
  return (
    <li
      className={cx(
        'max-md:w-18 max-md:min-w-0',
        at >= ON_PHONE && 'max-md:hidden',
        at === ON_PHONE && 'md:mt-2 md:border-t md:border-line md:pt-3',
      )}
    >
      <Tip label={t(place.name)} keys={place.keys.split(' ')} side="right">
        <Link
          to={place.to}
          aria-current={on ? 'page' : undefined}
          className={cx(
            'relative flex size-10 items-center justify-center rounded-xl transition-colors max-md:h-14 max-md:w-full max-md:flex-col max-md:gap-1 max-md:rounded-none',
            on ? 'text-accent-text md:bg-accent-soft' : 'text-fg-3 hover:bg-sunken hover:text-fg md:hover:bg-line',
          )}
        >
          <place.icon size={19} strokeWidth={on ? 2.2 : 1.9} aria-hidden="true" />
          <span className="max-w-full truncate text-[10px] leading-tight font-medium md:sr-only">{t(place.name)}</span>
          {unread > 0 && (
            <span className="absolute -end-0.5 -top-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 text-[10px] font-bold text-on-accent ring-2 ring-bg max-md:start-1/2 max-md:end-auto max-md:top-1.5 max-md:ms-1">
              <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
              <span className="sr-only">{t('unread', { n: unread })}</span>
            </span>
          )}
        </Link>
      </Tip>
    </li>
  );
}

/** The state of live updates, the theme, and the person. */
function Foot() {
  const { user, tenants, tenant } = useSession();
  const isOffline = useOffline();
  const { state } = useStream();
  const isLive = state === 'live' && !isOffline;
  const label = isOffline
    ? t('noNetwork')
    : { live: t('live'), connecting: t('connecting'), polling: t('polling') }[state];
  return (
    <div className="flex flex-col items-center gap-2 max-md:hidden">
      <Tip label={label} side="right">
        <span role="img" aria-label={label} className="flex size-9 items-center justify-center">
          <i
            className={cx(
              'size-2 rounded-full ring-3',
              isLive ? 'bg-ok ring-ok-soft' : 'animate-pulse bg-warn ring-warn-soft',
            )}
          />
        </span>
      </Tip>
      <Tip label={t('theme')} side="right">
        <button
          type="button"
          onClick={toggleTheme}
          aria-label={t('toggleTheme')}
          className="flex size-9 items-center justify-center rounded-xl text-fg-3 hover:bg-line hover:text-fg"
        >
          <Moon size={18} className="dark:hidden" />
          <Sun size={18} className="hidden dark:block" />
        </button>
      </Tip>
      <Menu
        side="right"
        trigger={
          <button type="button" aria-label={t('account', { name: user.name })} className="rounded-full">
            <Avatar name={user.name} id={user.id} size={32} />
          </button>
        }
      >
        <MenuLabel>{t('signedInAs', { email: user.email })}</MenuLabel>
        {tenants.length > 1 &&
          tenants.map((one) => (
            <MenuItem
              key={one.id}
              checked={one.id === tenant.id}
              icon={<RefreshCw size={15} />}
              onSelect={() => switchTenant(one.id)}
            >
              {one.name}
            </MenuItem>
          ))}
        <MenuSep />
        <MenuItem icon={<LogOut size={15} />} onSelect={signOut}>
          {t('signOut')}
        </MenuItem>
      </Menu>
    </div>
  );
}
