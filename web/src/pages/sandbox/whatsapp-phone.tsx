import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, EllipsisVertical, Paperclip, SendHorizontal, X } from 'lucide-react';
import { type FormEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Avatar } from '../../ui/avatar';
import { Menu, MenuItem, MenuSep } from '../../ui/menu';
import { WhatsappMark } from '../../ui/whatsapp-mark';
import { act } from './api';
import { t } from './t';
import { patchPerson, threadQuery, type WaMessage, type WaNumber, type WaPerson, waAct } from './whatsapp';
import { quoteOf, WaBubble } from './whatsapp-bubble';

const THINGS = [
  ['photo', { image: true }],
  ['voice', { voice: true }],
  ['file', { document: true }],
  ['location', { location: { latitude: 52.52, longitude: 13.405, name: 'Berlin' } }],
  ['card', { contacts: [{ name: { formatted_name: 'Ben', first_name: 'Ben' }, phones: [{ phone: '+49301234567' }] }] }],
] as const;

type Props = { person: WaPerson; number: WaNumber };

/** A customer's phone with WhatsApp. Whoever has it before them reads what comes. */
export function WaPhone({ person, number }: Props) {
  const thread = useQuery(threadQuery(number.id, person.wa_id)).data;
  const list = useRef<HTMLDivElement>(null);
  const [reply, setReply] = useState<WaMessage>();
  const messages = (thread?.messages ?? []).filter((one) => one.type !== 'reaction');
  const byId = new Map(messages.map((one) => [one.id, one]));
  const last = messages.at(-1)?.id;
  const hasUnread = messages.some((one) => !one.is_own && one.status === 'delivered');
  // biome-ignore lint/correctness/useExhaustiveDependencies: when something was added
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [last]);
  useEffect(() => {
    if (hasUnread && person.receipts) void waAct(person.wa_id, 'read', number.id);
  }, [hasUnread, person, number.id]);
  return (
    <section
      aria-label={t('phoneOf', { name: person.name })}
      className="flex h-full min-h-0 w-full flex-col overflow-hidden rounded-[28px] border-[6px] border-fg bg-surface shadow-pop dark:border-line-2"
    >
      <header className="flex items-center gap-2.5 border-b border-line bg-raised px-2.5 py-2">
        <ChevronLeft size={20} className="text-accent-text rtl:rotate-180" aria-hidden="true" />
        <Avatar name={number.verified_name} id={number.id} size={34}>
          <WhatsappMark className="absolute -end-0.5 -bottom-0.5 size-4 rounded-full ring-2 ring-raised" />
        </Avatar>
        <div className="min-w-0 flex-1 leading-tight">
          <p className="truncate text-sm font-semibold">{number.verified_name}</p>
          <p className="truncate text-xs text-fg-3 tabular-nums">
            {thread?.is_typing ? t('wa_typing') : number.display_phone_number}
          </p>
        </div>
        <More person={person} number={number} stopped={!!thread?.stopped_marketing} />
      </header>
      <div
        ref={list}
        role="log"
        aria-label={t('messages')}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto bg-phone-paper p-2.5"
      >
        <ol className="space-y-2">
          {messages.map((message) => (
            <WaBubble
              key={message.id}
              message={message}
              number={number.id}
              person={person.wa_id}
              quoted={message.reply_to && quoteOf(byId.get(message.reply_to))}
              onReply={() => setReply(message)}
            />
          ))}
          {messages.length === 0 && (
            <li className="mx-auto mt-10 w-fit rounded-full bg-black/65 px-3 py-1 text-xs text-white">
              {t('wa_empty')}
            </li>
          )}
        </ol>
      </div>
      <Composer person={person} number={number} reply={reply} onReply={setReply} />
    </section>
  );
}

function More({ person, number, stopped }: Props & { stopped: boolean }) {
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" aria-label={t('wa_more')} className="rounded-lg p-1.5 text-fg-3 hover:bg-sunken">
          <EllipsisVertical size={17} aria-hidden="true" />
        </button>
      }
    >
      <MenuItem
        checked={person.receipts}
        onSelect={() => void patchPerson(person.wa_id, { receipts: !person.receipts })}
      >
        {t('wa_receipts')}
      </MenuItem>
      <MenuItem checked={person.online} onSelect={() => void patchPerson(person.wa_id, { online: !person.online })}>
        {t('wa_online')}
      </MenuItem>
      <MenuItem
        checked={!stopped}
        onSelect={() => void waAct(person.wa_id, 'marketing', number.id, { value: stopped ? 'resume' : 'stop' })}
      >
        {t('wa_marketing')}
      </MenuItem>
      <MenuSep />
      <MenuItem onSelect={() => void act(`graph/threads/${number.id}/${person.wa_id}/close_window`)}>
        {t('wa_close_window')}
      </MenuItem>
    </Menu>
  );
}

type ComposerProps = Props & { reply: WaMessage | undefined; onReply: (message: WaMessage | undefined) => void };

function Composer({ person, number, reply, onReply }: ComposerProps) {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (reply) field.current?.focus();
  }, [reply]);
  const send = (content: object) => {
    onReply(undefined);
    void waAct(person.wa_id, 'send', number.id, { reply_to: reply?.id, ...content });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim()) return;
    setText('');
    send({ text });
  };
  return (
    <footer className="border-t border-line bg-raised p-2">
      {reply && (
        <div className="mb-1.5 flex items-center gap-2 border-s-2 border-accent-text ps-2 text-xs text-fg-2">
          <span className="min-w-0 flex-1 truncate" dir="auto">
            {t('replyingTo', { text: quoteOf(reply) ?? '…' })}
          </span>
          <button type="button" aria-label={t('leave')} onClick={() => onReply(undefined)}>
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
            <MenuItem key={name} onSelect={() => send(content)}>
              {t(name)}
            </MenuItem>
          ))}
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
    </footer>
  );
}
