import type { Schemas } from '../../lib/api';
import { t } from '../t';

/** A poll as a summary: Telegram lets only people vote. */
export function PollView({ poll }: { poll: Schemas['Poll'] }) {
  const votes = poll.options.reduce((sum, option) => sum + (option.voter_count ?? 0), 0);
  return (
    <div className="min-w-56 pt-0.5 pb-1">
      <p className="font-semibold" dir="auto">
        {poll.question}
      </p>
      <p className="mb-1.5 text-xs opacity-75">
        {[poll.is_anonymous ? t('anonymousPoll') : t('poll'), poll.is_closed && t('pollClosed')]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <ul className="space-y-1.5">
        {poll.options.map((option) => {
          const share = votes ? Math.round((100 * (option.voter_count ?? 0)) / votes) : 0;
          return (
            <li key={option.text}>
              <div className="flex justify-between gap-3 text-sm">
                <span dir="auto">{option.text}</span>
                <span className="tabular-nums opacity-75">{share} %</span>
              </div>
              <div className="mt-0.5 h-1 overflow-hidden rounded-full bg-fg/10">
                <i className="block h-full rounded-full bg-accent" style={{ width: `${share}%` }} />
              </div>
            </li>
          );
        })}
      </ul>
      <p className="mt-1.5 text-xs opacity-75">{t('votes', { n: votes })}</p>
    </div>
  );
}
