import { Bot, CircleAlert, Clock, Ellipsis, Lock, Megaphone } from 'lucide-react';
import { memo } from 'react';
import { cx } from '../../lib/cx';
import { renderEntities } from '../../lib/entities';
import { type Conversation, type Entry, nameOf } from '../../lib/inbox';
import { clock, exact } from '../../lib/time';
import { Avatar } from '../../ui/avatar';
import { ChannelMark } from '../../ui/channel-mark';
import { platformsOf } from '../data/channel';
import { t } from '../t';
import { Extras } from './extras';
import { isBare, isFlush, MediaView } from './media';
import { Quote } from './quote';
import type { Row } from './rows';
import { Ticks } from './ticks';
import { Trouble } from './trouble';

const BIG_EMOJI = /^(?:\p{Extended_Pictographic}(?:️|‍\p{Extended_Pictographic}|\p{Emoji_Modifier})*){1,3}$/u;

type Props = { row: Row & { type: 'message' }; c: Conversation };

/** One message, note or file of the timeline, with everything that belongs to it. */
export const Bubble = memo(function Bubble({ row, c }: Props) {
  const { m, first, last, quoted, out } = row;
  const isNote = m.kind === 'note';
  const isOut = isNote || m.direction === 'OUTGOING';
  const { content } = m;
  const isBig = content.type === 'text' && !m.reply_to && BIG_EMOJI.test((content.text ?? '').trim());
  const bare = isBare(m) || isBig;
  const flush = isFlush(m);
  const isFailed = m.status === 'FAILED' || m.status === 'BLOCKED' || m.status === 'EXPIRED';
  const isInside = !m.deleted_at;
  return (
    <div
      className={cx(
        'group flex w-full items-end gap-2 px-3 md:px-6',
        isOut && 'flex-row-reverse',
        last ? 'pb-2.5' : 'pb-[3px]',
      )}
    >
      <div className="w-7 shrink-0 max-md:hidden">{last && <Face m={m} c={c} isOut={isOut} />}</div>
      <div
        className={cx(
          'flex max-w-[85%] min-w-0 flex-col md:max-w-[min(74%,540px)]',
          isOut ? 'items-end' : 'items-start',
        )}
      >
        <div
          data-entry={m.id}
          tabIndex={-1}
          className={cx(
            'relative max-w-full min-w-[84px]',
            bare
              ? 'flex flex-col items-end'
              : isNote
                ? 'border border-note-line bg-note text-note-fg'
                : isOut
                  ? 'bg-out text-out-fg'
                  : 'bg-in ring-1 ring-in-line',
            !bare && 'shadow-bubble',
            flush ? 'overflow-hidden rounded-2xl' : !bare && 'rounded-2xl px-3 py-1.5',
            !bare && corner(isOut, first, last),
            isFailed && 'ring-1 ring-bad/60',
          )}
        >
          {first && !bare && !flush && <Author m={m} isOut={isOut} />}
          {content.forwarded_from && (
            <div className="mb-0.5 text-xs text-fg-3">{t('forwardedFrom', { name: content.forwarded_from })}</div>
          )}
          {m.reply_to && <Quote m={m} quoted={quoted} c={c} />}
          {isInside ? (
            <>
              <MediaView m={m} flush={flush} />
              {content.text && (
                <span
                  data-text=""
                  dir="auto"
                  className={cx('break-words whitespace-pre-wrap', isBig && 'text-[52px] leading-[1.15]')}
                >
                  {renderEntities(content.text, content.entities)}
                </span>
              )}
            </>
          ) : (
            <span className="text-fg-3 italic">
              {t('deleted')}
              {content.text && <s className="ms-2 break-words opacity-70">{content.text}</s>}
            </span>
          )}
          <Meta m={m} isOut={isOut} isNote={isNote} flush={flush} bare={bare} marked={platformsOf(c).size > 1} />
          {!flush && !bare && <span className="clear-both block" />}
          {!out && (
            <button
              type="button"
              data-more=""
              aria-label={t('messageMenu')}
              aria-haspopup="menu"
              className={cx(
                'absolute top-1 flex size-7 items-center justify-center rounded-full bg-raised text-fg-3 opacity-0 shadow-pop group-hover:opacity-100 hover:text-fg focus-visible:opacity-100 max-md:hidden',
                isOut ? 'end-full me-1.5' : 'start-full ms-1.5',
              )}
            >
              <Ellipsis size={15} aria-hidden="true" />
            </button>
          )}
        </div>
        <Extras m={m} isOut={isOut} c={c} />
        <Trouble m={m} out={out} c={c} />
      </div>
    </div>
  );
});

/** Bubbles of one group touch: their inner corners are small. */
const corner = (isOut: boolean, first: boolean, last: boolean) =>
  cx(
    isOut ? (last ? 'rounded-ee-[5px]' : 'rounded-e-md') : last ? 'rounded-es-[5px]' : 'rounded-s-md',
    first && (isOut ? 'rounded-se-2xl' : 'rounded-ss-2xl'),
  );

function Face({ m, c, isOut }: { m: Entry; c: Conversation; isOut: boolean }) {
  const round = 'flex size-7 items-center justify-center rounded-full bg-fg-3 text-surface';
  if (!isOut) {
    const name = m.author.name || nameOf(c.contact);
    return <Avatar name={name} id={m.author.id ?? c.contact.id} size={28} />;
  }
  if (m.author.type === 'USER') return <Avatar name={m.author.name ?? '·'} id={m.author.id ?? ''} size={28} />;
  const Icon = m.author.type === 'BROADCAST' ? Megaphone : Bot;
  return (
    <span className={round}>
      <Icon size={16} aria-hidden="true" />
    </span>
  );
}

const SENDERS = { BOT: 'bot', API: 'byApi', BROADCAST: 'byBroadcast', SYSTEM: 'bySystem' } as const;

function Author({ m, isOut }: { m: Entry; isOut: boolean }) {
  const name = m.author.name ?? (m.author.type in SENDERS ? t(SENDERS[m.author.type as keyof typeof SENDERS]) : '');
  if (m.kind === 'note')
    return (
      <div className="mb-0.5 flex items-center gap-1.5 text-xs font-semibold text-note-meta">
        <Lock size={12} aria-hidden="true" />
        {t('noteBy', { name })}
      </div>
    );
  return isOut ? (
    <div className="mb-0.5 text-xs font-semibold text-out-meta" dir="auto">
      {name}
    </div>
  ) : null;
}

type MetaProps = { m: Entry; isOut: boolean; isNote: boolean; flush: boolean; bare: boolean; marked: boolean };
/** The corner: its channel where there are several, edited, time, what became of it. */
function Meta({ m, isOut, isNote, flush, bare, marked }: MetaProps) {
  const { content } = m;
  const isFile = !content.text && ['document', 'voice', 'audio', 'contact', 'location', 'venue'].includes(content.type);
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1 text-2xs leading-4 whitespace-nowrap tabular-nums select-none',
        flush
          ? 'absolute end-2 bottom-2.5 rounded-full bg-black/55 px-2 text-white'
          : isFile
            ? 'absolute end-3 bottom-1.5'
            : bare
              ? 'mt-1 rounded-full bg-surface/85 px-2 text-fg-3'
              : 'float-end ms-3 mt-[5px] translate-y-[3px]',
        !flush && !bare && (isNote ? 'text-note-meta' : isOut ? 'text-out-meta' : 'text-fg-3'),
      )}
    >
      {marked && !isNote && m.platform && <ChannelMark platform={m.platform} named className="size-3" />}
      {m.edited_at && <span title={exact(m.edited_at)}>{t('edited')}</span>}
      <time dateTime={m.created_at} title={exact(m.created_at)}>
        {clock(m.created_at)}
      </time>
      {isNote ? (
        m.status === 'PENDING' ? (
          <Clock size={12} aria-label={t('sending')} />
        ) : m.status === 'FAILED' ? (
          <CircleAlert size={13} className="text-bad" aria-label={t('notSent')} />
        ) : (
          <Lock size={11} aria-label={t('onlyTeam')} />
        )
      ) : (
        isOut && <Ticks status={m.status} />
      )}
    </span>
  );
}
