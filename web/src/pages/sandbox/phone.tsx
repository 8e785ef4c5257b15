import { useQuery } from '@tanstack/react-query';
import { Ban, ChevronLeft, EllipsisVertical } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Avatar } from '../../ui/avatar';
import { Menu, MenuItem } from '../../ui/menu';
import { act, type Bot, chatQuery, type Message, type Person } from './api';
import { Bubble } from './bubble';
import { PhoneComposer } from './phone-composer';
import { t } from './t';

export type Draft = { reply?: Message; edit?: Message };

/** A customer's phone, as Telegram looks there. What is done on it takes the way of a real update. */
export function Phone({ person, bot }: { person: Person; bot: Bot }) {
  const chat = useQuery(chatQuery(bot.id, person.id)).data;
  const list = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState<Draft>({});
  const messages = chat?.messages ?? [];
  const last = messages.at(-1)?.message_id;
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when something was added
  useLayoutEffect(() => {
    const el = list.current;
    if (el && isAtEnd.current) el.scrollTop = el.scrollHeight;
  }, [last, messages.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person starts with nothing
  useEffect(() => {
    setDraft({});
    isAtEnd.current = true;
  }, [person.id]);
  const toggleBlock = () => void act(`users/${person.id}/${chat?.blocked ? 'unblock' : 'block'}`, { bot: bot.id });
  const name = [person.first_name, person.last_name].filter(Boolean).join(' ');
  return (
    <section
      aria-label={t('phoneOf', { name })}
      className="flex h-full min-h-0 w-full flex-col overflow-hidden rounded-[28px] border-[6px] border-fg bg-surface shadow-pop dark:border-line-2"
    >
      <header className="flex items-center gap-2.5 border-b border-line bg-raised px-2.5 py-2">
        <ChevronLeft size={20} className="text-accent-text rtl:rotate-180" aria-hidden="true" />
        <Avatar name={bot.first_name} id={String(bot.id)} size={34} />
        <div className="min-w-0 flex-1 leading-tight">
          <p className="truncate text-sm font-semibold">{bot.first_name}</p>
          <p className="truncate text-xs text-fg-3">
            {chat?.action ? `${chat.action.replaceAll('_', ' ')}…` : t('bot')}
          </p>
        </div>
        <Menu
          trigger={
            <button type="button" aria-label={t('bubbleMenu')} className="rounded-lg p-1.5 text-fg-3 hover:bg-sunken">
              <EllipsisVertical size={17} aria-hidden="true" />
            </button>
          }
        >
          <MenuItem icon={<Ban size={15} />} onSelect={toggleBlock}>
            {chat?.blocked ? t('unblock') : t('block')}
          </MenuItem>
        </Menu>
      </header>
      <div
        ref={list}
        role="log"
        aria-label={t('messages')}
        tabIndex={0}
        onScroll={(event) => {
          const el = event.currentTarget;
          isAtEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < 60;
        }}
        className="min-h-0 flex-1 overflow-y-auto bg-phone p-2.5"
      >
        <ol className="space-y-1">
          {messages.map((message) => (
            <Bubble key={message.message_id} message={message} person={person} bot={bot} onDraft={setDraft} />
          ))}
          {messages.length === 0 && (
            <li className="mx-auto mt-10 w-fit rounded-full bg-black/65 px-3 py-1 text-xs text-white">{t('empty')}</li>
          )}
        </ol>
      </div>
      <footer className="border-t border-line bg-raised p-2">
        {chat?.started && !chat.blocked ? (
          <PhoneComposer person={person} bot={bot} draft={draft} onDraft={setDraft} messages={messages} />
        ) : (
          <button
            type="button"
            onClick={() => (chat?.blocked ? toggleBlock() : void act(`users/${person.id}/start`, { bot: bot.id }))}
            className="h-9 w-full rounded-xl font-semibold text-accent-text uppercase hover:bg-sunken"
          >
            {chat?.blocked ? t('unblock') : t('start')}
          </button>
        )}
      </footer>
    </section>
  );
}
