import { Check, CheckCheck, CircleAlert, Clock, CornerUpLeft, SmilePlus } from 'lucide-react';
import { cx } from '../../lib/cx';
import { clock } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Menu, MenuItem } from '../../ui/menu';
import { t } from './t';
import { type WaMessage, waAct } from './whatsapp';

const MARKS = /(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~)/;
const REACTIONS = ['👍', '❤️', '😂', '🙏'];

/** `*bold*`, `_italic_` and `~struck~`, as WhatsApp shows them. */
const formatted = (text: string) =>
  text.split(MARKS).map((part, at) => {
    const inside = part.slice(1, -1);
    const key = `${at}${part}`;
    if (!MARKS.test(part)) return part;
    if (part.startsWith('*')) return <b key={key}>{inside}</b>;
    return part.startsWith('_') ? <i key={key}>{inside}</i> : <s key={key}>{inside}</s>;
  });

function textOf({ content, shown, type }: WaMessage): string | undefined {
  if (shown) return shown.body;
  const answer = content.button_reply ?? content.list_reply;
  if (answer) return answer.title;
  if (typeof content.body === 'object') return content.body.text;
  return content.body ?? content.caption ?? (type === 'button' ? content.text : undefined);
}

/** What can be pressed, in the message's own order. */
function choicesOf({ content, shown }: WaMessage): { label: string; opens?: string | undefined }[] {
  if (shown)
    return (shown.buttons ?? []).map((one) => ({
      label: one.text ?? one.type,
      opens: one.type === 'QUICK_REPLY' ? undefined : one.type,
    }));
  const { buttons, sections, parameters } = content.action ?? {};
  if (parameters?.url) return [{ label: parameters.display_text ?? parameters.url, opens: parameters.url }];
  if (buttons) return buttons.map(({ reply }) => ({ label: reply.title }));
  return (sections ?? []).flatMap((one) => one.rows).map((row) => ({ label: row.title }));
}

type Props = { message: WaMessage; number: string; person: string; quoted?: string | undefined; onReply: () => void };

export function WaBubble({ message, number, person, quoted, onReply }: Props) {
  const { is_own: isOwn, content, shown } = message;
  const text = textOf(message);
  const header = shown?.header ?? content.header;
  const footer = shown?.footer ?? content.footer?.text;
  const reactions = [message.reaction_of_person, message.reaction_of_business].filter(Boolean);
  const press = (index: number, opens: string | undefined) => {
    if (opens) toast(t('opens', { url: opens }));
    else void waAct(person, 'press', number, { message_id: message.id, index });
  };
  return (
    <li className={cx('group flex flex-col', isOwn ? 'items-end' : 'items-start')}>
      <div
        className={cx(
          'relative max-w-[84%] rounded-2xl px-2.5 py-1.5 text-sm shadow-bubble',
          isOwn ? 'rounded-ee-[5px] bg-phone-out' : 'rounded-es-[5px] bg-phone-in',
        )}
      >
        {quoted && (
          <p className="mb-1 line-clamp-2 border-s-2 border-accent-text ps-2 text-xs text-fg-2" dir="auto">
            {quoted}
          </p>
        )}
        {header?.text && <p className="font-semibold">{header.text}</p>}
        <Thing message={message} />
        {text && (
          <p dir="auto" className="break-words whitespace-pre-wrap">
            {formatted(text)}
          </p>
        )}
        {footer && <p className="text-xs text-fg-3">{footer}</p>}
        <p
          className={cx(
            'flex items-center justify-end gap-1 text-2xs tabular-nums',
            isOwn ? 'text-out-meta' : 'text-fg-3',
          )}
        >
          {clock(message.at_ms)}
          {!isOwn && <Receipt message={message} />}
        </p>
        {reactions.length > 0 && (
          <span className="absolute -bottom-2 start-2 rounded-full bg-raised px-1.5 text-xs shadow-pop">
            {reactions.join(' ')}
          </span>
        )}
        <Menu
          align={isOwn ? 'end' : 'start'}
          trigger={
            <button
              type="button"
              aria-label={t('bubbleMenu')}
              className={cx(
                'absolute top-1 rounded-full bg-raised p-1 text-fg-3 opacity-0 shadow-pop group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-70',
                isOwn ? '-start-7' : '-end-7',
              )}
            >
              <SmilePlus size={13} aria-hidden="true" />
            </button>
          }
        >
          {REACTIONS.map((emoji) => (
            <MenuItem
              key={emoji}
              onSelect={() => void waAct(person, 'react', number, { message_id: message.id, emoji })}
            >
              {emoji}
            </MenuItem>
          ))}
          {message.reaction_of_person && (
            <MenuItem onSelect={() => void waAct(person, 'react', number, { message_id: message.id })}>
              {t('takeBack')}
            </MenuItem>
          )}
          <MenuItem icon={<CornerUpLeft size={15} />} onSelect={onReply}>
            {t('replyIt')}
          </MenuItem>
        </Menu>
      </div>
      {!isOwn &&
        choicesOf(message).map(({ label, opens }, at) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: buttons keep their order
            key={at}
            type="button"
            onClick={() => press(at, opens)}
            className="mt-1 w-[84%] truncate rounded-xl bg-raised px-2 py-1.5 text-sm font-medium text-accent-text shadow-bubble"
          >
            {label}
          </button>
        ))}
    </li>
  );
}

const NAMES = { audio: 'voice', document: 'file', location: 'location', contacts: 'card', video: 'video' } as const;

function Thing({ message: { type, content } }: { message: WaMessage }) {
  if ((type === 'image' || type === 'sticker') && content.id)
    return (
      <img
        src={`/sandbox/graph/files/${content.id}`}
        alt={content.caption ?? t('photo')}
        className={cx('mb-1 rounded-xl', type === 'sticker' ? 'size-28' : 'max-h-56 w-full object-cover')}
      />
    );
  if (type === 'image' || type === 'sticker') return <p className="italic">{t('photo')}</p>;
  if (!(type in NAMES)) return null;
  return <p className="italic">{content.filename ?? content.name ?? t(NAMES[type as keyof typeof NAMES])}</p>;
}

/** What the business gets to know of its message. */
function Receipt({ message: { status, error } }: { message: WaMessage }) {
  switch (status) {
    case 'read':
      return <CheckCheck size={14} className="text-accent-text" aria-label={t('wa_read')} />;
    case 'delivered':
      return <CheckCheck size={14} aria-label={t('wa_delivered')} />;
    case 'sent':
      return <Check size={13} aria-label={t('wa_sent')} />;
    case 'failed':
      return <CircleAlert size={13} className="text-bad" aria-label={t('wa_failed', { code: error ?? '' })} />;
    default:
      return <Clock size={12} aria-label={t('underWay')} />;
  }
}

export const quoteOf = (message: WaMessage | undefined) => message && (textOf(message) ?? message.type);
