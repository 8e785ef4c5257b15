import { LayoutTemplate, TimerOff } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Conversation } from '../../lib/inbox';
import type { Window } from '../data/channel';
import { t } from '../t';

const TemplatePicker = lazy(() => import('./template-picker'));
const MINUTE_MS = 60_000;
const SOON_MINUTES = 120;

/** How long one may write freely; afterwards, the templates. */
export function WindowBar({ c, window }: { c: Conversation; window: Window }) {
  const [picks, setPicks] = useState(false);
  const minutes = window.until === undefined ? undefined : Math.floor((window.until - Date.now()) / MINUTE_MS);
  const isSoon = minutes !== undefined && minutes < SOON_MINUTES;
  return (
    <div
      role={window.isOpen ? undefined : 'status'}
      className={`mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg px-3 py-1.5 text-xs ${window.isOpen && !isSoon ? 'text-fg-3' : 'bg-warn-soft text-warn'}`}
    >
      {!window.isOpen && <TimerOff size={14} aria-hidden="true" />}
      <span className="min-w-0 flex-1">{window.isOpen ? left(minutes) : t('windowClosed')}</span>
      <button
        type="button"
        onClick={() => setPicks(true)}
        className="inline-flex items-center gap-1 rounded font-semibold text-accent-text underline-offset-2 hover:underline max-md:py-1.5"
      >
        <LayoutTemplate size={13} aria-hidden="true" />
        {t('chooseTemplate')}
      </button>
      {picks && (
        <Suspense>
          <TemplatePicker c={c} onClose={() => setPicks(false)} />
        </Suspense>
      )}
    </div>
  );
}

function left(minutes: number | undefined): string {
  if (minutes === undefined) return t('windowUnknown');
  return minutes < SOON_MINUTES
    ? t('windowMinutes', { n: minutes })
    : t('windowHours', { n: Math.floor(minutes / 60) });
}
