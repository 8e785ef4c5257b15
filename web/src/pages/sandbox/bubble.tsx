import { FileText, MapPin, Mic, Phone as PhoneIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../../lib/cx';
import { renderEntities } from '../../lib/entities';
import { clock, playing } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Menu, MenuItem } from '../../ui/menu';
import { act, type Bot, type Message, type Person } from './api';
import type { Draft } from './phone';
import { t } from './t';

const REACTIONS = ['👍', '❤', '🔥', '😁'];
type Props = { message: Message; person: Person; bot: Bot; onDraft: (draft: Draft) => void };

export function Bubble({ message, person, bot, onDraft }: Props) {
  const isMine = message.from?.id === person.id;
  const text = message.text ?? message.caption;
  const rows = message.reply_markup?.inline_keyboard ?? [];
  const press = async (row: number, column: number) => {
    const at = { bot: bot.id, message_id: message.message_id, row, column };
    const pressed = await act<{ url?: string }>(`users/${person.id}/press`, at);
    if (pressed?.url) toast(t('opens', { url: pressed.url }));
  };
  return (
    <li className={cx('flex flex-col', isMine ? 'items-end' : 'items-start')}>
      <div className="flex max-w-[86%] flex-col">
        <Menu
          align={isMine ? 'end' : 'start'}
          trigger={
            <button
              type="button"
              title={t('bubbleMenu')}
              className={cx(
                'min-w-14 rounded-2xl px-2.5 py-1.5 text-start text-sm text-phone-fg shadow-bubble',
                isMine ? 'rounded-ee-[5px] bg-phone-out' : 'rounded-es-[5px] bg-phone-in',
              )}
            >
              {message.reply_to_message && (
                <span className="mb-1 block truncate border-s-2 border-accent-text ps-1.5 text-xs opacity-75">
                  {message.reply_to_message.text ?? message.reply_to_message.caption ?? '…'}
                </span>
              )}
              <Media message={message} />
              {text && (
                <span className="break-words whitespace-pre-wrap" dir="auto">
                  {renderEntities(text, message.entities ?? message.caption_entities)}
                </span>
              )}
              <span className="float-end ms-2 translate-y-1 text-[10px] opacity-85 tabular-nums">
                {message.edit_date ? '✎ ' : ''}
                {clock(message.date * 1000)}
                {isMine && ' ✓✓'}
              </span>
            </button>
          }
        >
          <Choices message={message} person={person} bot={bot} isMine={isMine} onDraft={onDraft} />
        </Menu>
        {rows.map((row, r) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their order
          <div key={r} className="mt-1 flex gap-1">
            {row.map((button, c) => (
              <button
                // biome-ignore lint/suspicious/noArrayIndexKey: buttons keep their order
                key={c}
                type="button"
                onClick={() => void press(r, c)}
                className="min-h-8 flex-1 rounded-lg bg-black/35 px-2 text-xs font-medium text-white hover:bg-black/50"
              >
                {button.text} {button.url && '↗'}
              </button>
            ))}
          </div>
        ))}
        {!!message.reactions?.length && (
          <span className={cx('-mt-1 w-fit rounded-full bg-accent-soft px-1.5 text-sm', isMine && 'self-end')}>
            {message.reactions.flatMap((one) => one.reactions.map((reaction) => reaction.emoji)).join(' ')}
          </span>
        )}
      </div>
    </li>
  );
}

function Choices({ message, person, bot, isMine, onDraft }: Props & { isMine: boolean }) {
  const at = { bot: bot.id, message_id: message.message_id };
  const react = (reaction: string | null) => void act(`users/${person.id}/react`, { ...at, reaction });
  const reacted = message.reactions?.some((one) => one.from === person.id);
  return (
    <>
      <div className="flex px-1">
        {REACTIONS.map((emoji) => (
          <MenuItem
            key={emoji}
            label={emoji}
            onSelect={() => react(emoji)}
            className="flex size-9 items-center justify-center rounded-lg text-lg data-highlighted:bg-sunken"
          >
            {emoji}
          </MenuItem>
        ))}
      </div>
      {reacted && <MenuItem onSelect={() => react(null)}>{t('takeBack')}</MenuItem>}
      <MenuItem onSelect={() => onDraft({ reply: message })}>{t('replyIt')}</MenuItem>
      {isMine && (message.text || message.caption) && (
        <MenuItem onSelect={() => onDraft({ edit: message })}>{t('editIt')}</MenuItem>
      )}
      <MenuItem onSelect={() => void act(`users/${person.id}/delete_message`, at)}>{t('deleteIt')}</MenuItem>
    </>
  );
}

const fileOf = (file: { file_unique_id: string }) => `/sandbox/files/${file.file_unique_id}`;

function Media({ message }: { message: Message }) {
  const photo = message.photo?.at(-1);
  if (photo)
    return (
      <img
        src={fileOf(photo)}
        alt={t('photo')}
        width={photo.width}
        height={photo.height}
        className="mb-1 h-auto max-w-full rounded-lg"
      />
    );
  if (message.sticker)
    return (
      <img
        src={fileOf(message.sticker)}
        alt={message.sticker.emoji ?? t('sticker')}
        width={96}
        height={72}
        className="rounded-lg"
      />
    );
  if (message.voice)
    return <Row icon={<Mic size={16} />}>{t('voiceOf', { time: playing(message.voice.duration ?? 0) })}</Row>;
  const file = message.document ?? message.video ?? message.audio ?? message.animation ?? message.video_note;
  if (file) return <Row icon={<FileText size={16} />}>{file.file_name ?? t('file')}</Row>;
  if (message.venue) return <Row icon={<MapPin size={16} />}>{message.venue.title}</Row>;
  if (message.location) return <Row icon={<MapPin size={16} />}>{t('location')}</Row>;
  if (message.contact)
    return <Row icon={<PhoneIcon size={16} />}>{`${message.contact.first_name} ${message.contact.phone_number}`}</Row>;
  if (message.dice) return <span className="text-4xl">{`${message.dice.emoji} ${message.dice.value}`}</span>;
  if (message.poll)
    return (
      <span className="block">
        <b>{message.poll.question}</b>
        {message.poll.options.map((option) => (
          <span key={option.text} className="block">
            ○ {option.text} · {option.voter_count}
          </span>
        ))}
      </span>
    );
  return null;
}

const Row = ({ icon, children }: { icon: ReactNode; children: string }) => (
  <span className="flex items-center gap-2 py-0.5">
    <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent">
      {icon}
    </span>
    <span className="min-w-0 truncate">{children}</span>
  </span>
);
