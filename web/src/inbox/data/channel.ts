/** Over which channel a conversation goes on, and until when one may write freely there. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Conversation, Entry } from '../../lib/inbox';
import { ms } from '../../lib/time';
import { watched } from '../../lib/watched';
import { numbersQuery, useNumber } from '../../lib/whatsapp';
import { useBot } from './team';
import type { Timeline } from './timeline';

export type Channel = Conversation['platform'];
/** What was chosen instead of the channel that the person used last. */
const chosen = watched<Record<string, Channel>>({});
const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 24;
const LOOK_MS = 30_000;

export const chooseChannel = (conversation: string, channel: Channel) =>
  chosen.set((before) => ({ ...before, [conversation]: channel }));

export const platformsOf = (c: Pick<Conversation, 'contact' | 'platform'>): Set<string> =>
  new Set([c.platform, ...c.contact.identities.map((one) => one.platform)]);

/** The channel of the next reply, and which others there are. A phone number is enough for WhatsApp to begin. */
export function useChannel(c: Conversation): { channel: Channel; others: Channel[] } {
  const hasNumbers = !!useQuery(numbersQuery).data?.length;
  const own = platformsOf(c);
  const all = (['TELEGRAM', 'WHATSAPP'] as const).filter(
    (one) => own.has(one) || (one === 'WHATSAPP' && hasNumbers && !!c.contact.phone),
  );
  const wanted = chosen.use()[c.id];
  const channel = wanted && all.includes(wanted) ? wanted : c.platform;
  return { channel, others: all.filter((one) => one !== channel) };
}

/** Who of ours writes in a conversation: a bot, or a number. */
export function useSender(c: Conversation) {
  const bot = useBot(c.bot_app_id);
  const number = useNumber(c.bot_app_id);
  return bot ?? number;
}

/** What the person sees as the sender on a channel; nothing while it isn't known. */
export function useSenderName(c: Conversation, channel: Channel = c.platform): string | undefined {
  const bot = useBot(c.bot_app_id);
  const own = useNumber(c.bot_app_id);
  const { data } = useQuery(numbersQuery);
  if (channel === 'WHATSAPP') return (own ?? (data?.length === 1 ? data[0] : undefined))?.display_phone_number;
  return bot && `@${bot.bot_username}`;
}

export type Window = { isOpen: boolean; until: number | undefined };
/** WhatsApp's hours of free replies. While older entries are not loaded and none is found, the server judges. */
export function windowOf({ entries, older }: Timeline, hours = WINDOW_HOURS, now = Date.now()): Window {
  const isTheirs = (one: Entry) => one.direction === 'INCOMING' && one.platform === 'WHATSAPP';
  const last = entries.findLast(isTheirs);
  if (!last) return { isOpen: !!older, until: undefined };
  const until = ms(last.created_at) + hours * HOUR_MS;
  return { isOpen: until > now, until };
}

/** The window, looked at again as time goes by; nothing on a channel without one. */
export function useWindow(loaded: Timeline, channel: Channel): Window | undefined {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (channel !== 'WHATSAPP') return;
    const timer = setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => clearInterval(timer);
  }, [channel]);
  return channel === 'WHATSAPP' && loaded.state === 'ready'
    ? windowOf(loaded, WINDOW_HOURS, Math.max(now, Date.now()))
    : undefined;
}
