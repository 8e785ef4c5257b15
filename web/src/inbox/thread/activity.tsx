import type { Entry } from '../../lib/inbox';
import { useSession } from '../../lib/session';
import { clock, dateTime, exact } from '../../lib/time';
import { t } from '../t';

const SENTENCES = {
  closed: 'didClose',
  reopened: 'didReopen',
  unassigned: 'didUnassign',
} as const;

/** What happened, in the reader's language where we know the kind, else in the server's words. */
function sentence({ content }: Entry): string {
  const { detail, text } = content;
  if (content.type === 'button') return t('pressed', { what: text ?? '' });
  const known = detail && detail in SENTENCES ? SENTENCES[detail as keyof typeof SENTENCES] : undefined;
  if (known) return t(known);
  if (detail === 'assigned') return t('didAssign', { name: text?.replace(/^assigned the conversation to /, '') ?? '' });
  const until = detail === 'snoozed' && text?.match(/until (\S+)$/)?.[1];
  if (until) return t('didSnooze', { time: dateTime(until) });
  if (detail === 'labels_changed')
    return text === 'removed all labels'
      ? t('didRemoveLabels')
      : t('didSetLabels', { labels: text?.replace(/^set the labels to /, '') ?? '' });
  return text || detail?.replaceAll('_', ' ') || t('something');
}

/** A line in the middle: who of the team did what, or what the person pressed. */
export function Activity({ m, at }: { m: Entry; at: number }) {
  const { user } = useSession();
  const who = m.author.id === user.id ? t('youName') : (m.author.name ?? '');
  return (
    <p data-entry={m.id} tabIndex={-1} className="px-6 py-1 text-center text-xs text-fg-3" dir="auto">
      <span className="font-medium text-fg-2">{who}</span> {sentence(m)}{' '}
      <time className="tabular-nums" dateTime={m.created_at} title={exact(at)}>
        · {clock(at)}
      </time>
    </p>
  );
}
