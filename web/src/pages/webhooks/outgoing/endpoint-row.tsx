import { cx } from '../../../lib/cx';
import { exact, relative } from '../../../lib/time';
import { Chip } from '../../../ui/chip';
import { t } from '../t';
import { type EndpointView, healthOf, words } from './endpoints';

type Props = { endpoint: EndpointView; chosen: boolean; onOpen: () => void };

/** One endpoint: where it is, what it wants, and how it is. */
export function EndpointRow({ endpoint, chosen, onOpen }: Props) {
  const health = healthOf(endpoint);
  const since = endpoint.failing_since;
  return (
    <li>
      <button
        type="button"
        aria-current={chosen || undefined}
        onClick={onOpen}
        className={cx(
          'flex w-full items-center gap-3 px-4 py-2.5 text-start text-sm md:px-6',
          chosen ? 'bg-accent-soft' : 'hover:bg-sunken',
        )}
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium" dir="auto">
            {endpoint.description || endpoint.url}
          </span>
          <span className="block truncate text-xs text-fg-3">
            {endpoint.description && `${endpoint.url} · `}
            {endpoint.event_types.length ? endpoint.event_types.map(words).join(', ') : t('allEvents')}
          </span>
        </span>
        {since && (
          <time dateTime={since} title={exact(since)} className="text-xs text-fg-3 max-md:hidden">
            {t('failingSince', { time: relative(since) })}
          </time>
        )}
        <Chip tone={health.tone}>{t(health.key)}</Chip>
      </button>
    </li>
  );
}
