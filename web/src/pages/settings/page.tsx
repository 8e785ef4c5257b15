import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { cx } from '../../lib/cx';
import { Page } from '../../ui/page';
import { Skeleton } from '../../ui/states';
import { About } from './about';
import { Profile } from './profile';
import { t } from './t';

const Security = lazy(() => import('./security'));
const Team = lazy(() => import('./team'));
const Labels = lazy(() => import('./labels'));
const Replies = lazy(() => import('./replies'));
const Inbox = lazy(() => import('./inbox'));
const Hours = lazy(() => import('./hours'));
const Automation = lazy(() => import('./automation'));

const SECTIONS = {
  profile: Profile,
  security: Security,
  team: Team,
  labels: Labels,
  replies: Replies,
  inbox: Inbox,
  hours: Hours,
  automation: Automation,
  about: About,
} as const;
type Section = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as Section[];

export default function SettingsPage() {
  const { section } = useParams({ strict: false });
  const chosen = NAMES.find((name) => name === section) ?? 'profile';
  const Shown = SECTIONS[chosen];
  return (
    <Page title={t('title')}>
      <div className="mx-auto grid grid-cols-1 max-w-5xl gap-6 p-4 md:grid-cols-[180px_minmax(0,1fr)] md:p-6">
        <nav aria-label={t('sections')}>
          <ul className="no-scrollbar flex gap-1 overflow-x-auto md:sticky md:top-6 md:flex-col">
            {NAMES.map((name) => (
              <li key={name}>
                <Link
                  to={`/settings/${name}`}
                  ref={(el) => {
                    if (name === chosen) el?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
                  }}
                  aria-current={name === chosen ? 'page' : undefined}
                  className={cx(
                    'flex h-9 items-center rounded-lg px-3 text-sm font-medium whitespace-nowrap max-md:h-11',
                    name === chosen ? 'bg-accent-soft text-accent-text' : 'text-fg-2 hover:bg-sunken',
                  )}
                >
                  {t(name)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0 space-y-5">
          <Suspense fallback={<Skeleton />}>
            <Shown />
          </Suspense>
        </div>
      </div>
    </Page>
  );
}
