import { Paperclip, SendHorizontal, X } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Menu, MenuItem } from '../../ui/menu';
import { act, type Bot, type Message, type Person } from './api';
import type { Draft } from './phone';
import { t } from './t';

/** What can be sent besides text. */
const THINGS = [
  ['photo', { photo: true }],
  ['voice', { voice: { duration: 3 } }],
  ['file', { document: true }],
  ['location', { location: { latitude: 59.9139, longitude: 10.7522 } }],
  ['card', { contact: { phone_number: '+49301234567', first_name: 'Ben' } }],
  ['sticker', { sticker: { emoji: '👍' } }],
  ['dice', { dice: {} }],
] as const;

type Props = { person: Person; bot: Bot; draft: Draft; onDraft: (draft: Draft) => void; messages: Message[] };

export function PhoneComposer({ person, bot, draft, onDraft, messages }: Props) {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const target = draft.edit ?? draft.reply;
  const said = target?.text ?? target?.caption ?? '…';
  useEffect(() => {
    if (draft.edit) setText(draft.edit.text ?? draft.edit.caption ?? '');
    if (draft.edit || draft.reply) field.current?.focus();
  }, [draft]);
  const send = (content: object) => {
    onDraft({});
    return act(`users/${person.id}/send`, { bot: bot.id, reply_to: draft.reply?.message_id, ...content });
  };
  const album = async () => {
    const media_group_id = `album${Date.now()}`;
    for (let n = 0; n < 3; n++) await send({ photo: true, media_group_id });
  };
  const leave = () => {
    if (draft.edit) setText('');
    onDraft({});
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return;
    setText('');
    if (!draft.edit) return void send({ text });
    const words = draft.edit.text ? { text } : { caption: text };
    void act(`users/${person.id}/edit`, { bot: bot.id, message_id: draft.edit.message_id, ...words });
    onDraft({});
  };
  return (
    <>
      {target && (
        <div className="mb-1.5 flex items-center gap-2 border-s-2 border-accent-text ps-2 text-xs text-fg-2">
          <span className="min-w-0 flex-1 truncate" dir="auto">
            {draft.edit ? t('editingIt', { text: said }) : t('replyingTo', { text: said })}
          </span>
          <button type="button" aria-label={t('leave')} onClick={leave}>
            <X size={13} aria-hidden="true" />
          </button>
        </div>
      )}
      <form onSubmit={submit} className="flex items-center gap-1">
        <Menu
          align="start"
          side="top"
          trigger={
            <button type="button" aria-label={t('attach')} className="rounded-full p-2 text-fg-3 hover:bg-sunken">
              <Paperclip size={18} aria-hidden="true" />
            </button>
          }
        >
          {THINGS.map(([name, content]) => (
            <MenuItem key={name} onSelect={() => void send(content)}>
              {t(name)}
            </MenuItem>
          ))}
          <MenuItem onSelect={() => void album()}>{t('album')}</MenuItem>
          {person.phone && (
            <MenuItem onSelect={() => void act(`users/${person.id}/share_phone`, { bot: bot.id })}>
              {t('sharePhone')}
            </MenuItem>
          )}
        </Menu>
        <input
          ref={field}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={t('message')}
          aria-label={t('message')}
          dir="auto"
          className="h-9 min-w-0 flex-1 rounded-full bg-sunken px-3 text-sm outline-none placeholder:text-fg-3 focus:ring-2 focus:ring-accent-text max-md:text-base"
        />
        <button
          type="submit"
          aria-label={t('sendIt')}
          disabled={!text.trim()}
          className="rounded-full p-2 text-accent-text disabled:text-fg-3"
        >
          <SendHorizontal size={19} className="rtl:-scale-x-100" aria-hidden="true" />
        </button>
      </form>
      <Keyboard person={person} bot={bot} messages={messages} />
    </>
  );
}

/** The bot's reply keyboard, of the newest message that has or removes one. */
function Keyboard({ person, bot, messages }: Pick<Props, 'person' | 'bot' | 'messages'>) {
  const message = messages.findLast((one) => one.keyboard);
  const rows = message?.keyboard?.keyboard;
  if (!message || !rows) return null;
  const isUsed = messages.some((one) => one.message_id > message.message_id && one.from?.id === person.id);
  if (message.keyboard?.one_time_keyboard && isUsed) return null;
  const press = (row: number, column: number) =>
    void act(`users/${person.id}/press`, { bot: bot.id, message_id: message.message_id, row, column });
  return (
    <div className="mt-2 space-y-1">
      {rows.map((row, r) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their order
        <div key={r} className="flex gap-1">
          {row.map((button, c) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: buttons keep their order
              key={c}
              type="button"
              onClick={() => press(r, c)}
              className="min-h-9 flex-1 rounded-lg bg-sunken px-2 text-sm"
            >
              {button.text}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
