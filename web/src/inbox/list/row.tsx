import { Link } from '@tanstack/react-router';
import { BellOff, Check, CircleAlert } from 'lucide-react';
import { memo } from 'react';
import { cx } from '../../lib/cx';
import { type Conversation, titleOf } from '../../lib/inbox';
import { exact, lasting, listTime } from '../../lib/time';
import { Avatar } from '../../ui/avatar';
import { ChannelMark } from '../../ui/channel-mark';
import { Tag } from '../../ui/tag';
import { useDraftText } from '../data/drafts';
import { usePresent } from '../data/presence';
import { useWaitTarget } from '../data/settings';
import { useMember } from '../data/team';
import { waitingSince } from '../data/waiting';
import { t } from '../t';
import { Dots } from './dots';
import { previewOf } from './preview';
import { useSwipe } from './swipe';

const LABELS_MAX = 2;

type Props = {
  c: Conversation;
  isTall: boolean;
  isOpen: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  now: number;
  onSelect: (id: string, range: boolean) => void;
  onSwipe: (id: string, to: 'close' | 'snooze') => void;
};

export const Row = memo(function Row({ c, isTall, isOpen, isSelected, isSelecting, now, onSelect, onSwipe }: Props) {
  const unread = c.unread_count;
  const at = c.last_message_at ?? c.created_at;
  const swipe = useSwipe((to) => onSwipe(c.id, to));
  const name = titleOf(c);
  return (
    <div
      ref={swipe}
      data-conversation={c.id}
      className={cx(
        'group relative h-full border-b border-line transition-colors',
        isSelected || isOpen ? 'bg-accent-soft' : 'bg-surface hover:bg-sunken',
      )}
    >
      <Link
        to="/inbox/$id"
        params={{ id: c.id }}
        search={true as never}
        aria-current={isOpen ? 'page' : undefined}
        className="flex h-full gap-3 px-4 py-[9px] -outline-offset-2"
      >
        {isOpen && <span className="absolute inset-y-0 start-0 w-[3px] bg-accent" />}
        <Avatar name={name} id={c.contact.id} size={40} className="mt-0.5">
          <span
            className={cx(
              'absolute -end-1 -bottom-1 rounded-full p-[2px]',
              isSelected || isOpen ? 'bg-accent-soft' : 'bg-surface',
            )}
          >
            <ChannelMark platform={c.platform} named className="size-3.5" />
          </span>
        </Avatar>
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline gap-2">
            <span className={cx('truncate', unread ? 'font-semibold' : 'font-medium')} dir="auto">
              {name}
            </span>
            {c.contact.do_not_contact && (
              <BellOff size={12} className="shrink-0 text-fg-3" aria-label={t('optedOut')} />
            )}
            <span className="flex-1" />
            <time
              dateTime={at}
              title={exact(at)}
              className={cx(
                'text-xs whitespace-nowrap tabular-nums',
                unread ? 'font-medium text-accent-text' : 'text-fg-3',
              )}
            >
              {listTime(at, now)}
            </time>
          </div>
          <div className="mt-px flex items-center gap-1.5">
            <Preview c={c} />
            {unread > 0 && (
              <span className="flex h-[18px] min-w-[18px] items-center justify-center rounded-full bg-accent px-1.5 text-2xs font-semibold text-on-accent tabular-nums">
                <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
                <span className="sr-only">{t('unread', { n: unread })}</span>
              </span>
            )}
            {!isTall && <Owner id={c.assignee} />}
          </div>
          {isTall && <Third c={c} now={now} />}
        </div>
      </Link>
      <button
        type="button"
        role="checkbox"
        aria-checked={isSelected}
        aria-label={t('selectConversation', { name })}
        tabIndex={isSelecting ? 0 : -1}
        onClick={(event) => onSelect(c.id, event.shiftKey)}
        className={cx(
          'absolute start-4 top-[11px] flex size-10 items-center justify-center rounded-full bg-surface/85 max-md:hidden',
          isSelecting ? '' : 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100',
        )}
      >
        <span
          className={cx(
            'flex size-[18px] items-center justify-center rounded-[5px] border',
            isSelected ? 'border-accent bg-accent text-on-accent' : 'border-fg-3 bg-surface',
          )}
        >
          {isSelected && <Check size={13} strokeWidth={3} aria-hidden="true" />}
        </span>
      </button>
    </div>
  );
});

/** Unsent words first, then who of the team is writing, then the last message. */
function Preview({ c }: { c: Conversation }) {
  const draft = useDraftText(c.id);
  const replying = usePresent(c.id).find((one) => one.state === 'replying');
  const last = c.last_message;
  const look = cx('flex min-w-0 flex-1 items-center gap-1 text-sm', c.unread_count ? 'text-fg' : 'text-fg-3');
  if (draft)
    return (
      <p className={look}>
        <span className="truncate" dir="auto">
          <span className="font-medium text-bad">{t('draft')} </span>
          {draft}
        </span>
      </p>
    );
  if (replying)
    return (
      <p className={cx(look, 'font-medium text-accent-text')}>
        <Dots />
        <span className="truncate">{t('isReplying', { name: replying.name })}</span>
      </p>
    );
  if (!last) return <p className={look}>{t('noMessages')}</p>;
  const { text, icon: Icon } = previewOf(last);
  const isFailed = last.status === 'FAILED' || last.status === 'BLOCKED';
  const isOut = last.direction === 'OUTGOING';
  return (
    <p className={look}>
      {isFailed && <CircleAlert size={14} className="shrink-0 text-bad" aria-label={t('notSent')} />}
      {Icon && !isFailed && (
        <Icon size={14} className={cx('shrink-0', last.kind === 'note' && 'text-note-meta')} aria-hidden="true" />
      )}
      <span className={cx('truncate', isFailed && 'text-bad')} dir="auto">
        {isFailed
          ? `${t('notSent')}: ${last.error_message ?? text}`
          : isOut && last.author.type !== 'BROADCAST'
            ? t('you', { text })
            : text}
      </span>
    </p>
  );
}

function Third({ c, now }: { c: Conversation; now: number }) {
  const since = waitingSince(c);
  const target = useWaitTarget();
  const more = c.labels.length - LABELS_MAX;
  return (
    <div className="mt-1.5 flex h-[18px] items-center gap-1">
      <div className="flex min-w-0 flex-1 items-center gap-1 overflow-hidden">
        {since > 0 && (
          <span
            className={cx(
              'inline-flex h-[18px] shrink-0 items-center rounded-[5px] px-1.5 text-2xs font-medium whitespace-nowrap tabular-nums',
              now - since > target ? 'bg-warn-soft text-warn' : 'bg-sunken text-fg-2',
            )}
          >
            {t('waiting', { time: lasting(Math.max(60_000, now - since)) })}
          </span>
        )}
        {c.labels.slice(0, LABELS_MAX).map((name) => (
          <Tag key={name} name={name} />
        ))}
        {more > 0 && <span className="text-2xs text-fg-2">+{more}</span>}
      </div>
      <Owner id={c.assignee} />
    </div>
  );
}

export function Owner({ id }: { id: string | null | undefined }) {
  const member = useMember(id);
  if (!member)
    return (
      <span title={t('unassigned')} className="size-[18px] shrink-0 rounded-full border border-dashed border-fg-3/70">
        <span className="sr-only">{t('unassigned')}</span>
      </span>
    );
  const words = t('assignedTo', { name: member.name || t('somebody') });
  return (
    <span title={words} className="flex shrink-0">
      <Avatar name={member.name || '·'} id={member.id} size={18} />
      <span className="sr-only">{words}</span>
    </span>
  );
}
