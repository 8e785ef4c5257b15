import { useQuery } from '@tanstack/react-query';
import { RefreshCw, WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../i18n/shell';
import { sessionQuery } from '../lib/session';
import { useStream } from '../lib/stream';
import { clock } from '../lib/time';

/** Above every page: the server is away, or there is a newer app. */
export function Banners() {
  const { state, since } = useStream();
  const away = useOffline() || (state !== 'live' && since > 0);
  const at = useOfflineSince(away);
  const build = useQuery(sessionQuery).data?.build;
  const [first] = useState(build);
  return (
    <>
      {away && at > 0 && (
        <p role="status" className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-sm text-warn">
          <WifiOff size={15} aria-hidden="true" />
          {t('offline', { time: clock(at) })}
        </p>
      )}
      {build && first && build !== first && (
        <p
          role="status"
          className="flex items-center justify-center gap-3 bg-accent-soft px-4 py-1.5 text-sm text-accent-text"
        >
          {t('newVersion')}
          <button
            type="button"
            onClick={() => location.reload()}
            className="inline-flex items-center gap-1 font-semibold underline"
          >
            <RefreshCw size={13} aria-hidden="true" />
            {t('reload')}
          </button>
        </p>
      )}
    </>
  );
}

/** Whether the browser says that it has no network. */
export function useOffline() {
  const [offline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const on = () => setOffline(!navigator.onLine);
    window.addEventListener('online', on);
    window.addEventListener('offline', on);
    return () => {
      window.removeEventListener('online', on);
      window.removeEventListener('offline', on);
    };
  }, []);
  return offline;
}

function useOfflineSince(away: boolean): number {
  const [at, setAt] = useState(0);
  useEffect(() => setAt((before) => (away ? before || Date.now() : 0)), [away]);
  return at;
}
