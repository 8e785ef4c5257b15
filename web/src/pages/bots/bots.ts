import { queryOptions } from '@tanstack/react-query';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { clock } from '../../lib/time';
import type { Tone } from '../../ui/chip';
import type { Sender } from '../../ui/sender';
import { t } from './t';

export type Bot = Schemas['BotView'];
export type Info = Schemas['WebhookInfoView'];

export const botQuery = (id: string) =>
  queryOptions({
    queryKey: ['bots', id] as const,
    queryFn: ({ signal }) => body<Bot>(api.GET('/telegram/v1/bots/{id}/', { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
  });

export const infoQuery = (id: string) =>
  queryOptions({
    queryKey: ['bots', id, 'info'] as const,
    queryFn: ({ signal }) =>
      body<Info>(api.GET('/telegram/v1/bots/{id}/webhook_info/', { params: { path: { id } }, signal })),
    retry: false,
    staleTime: 10_000,
  });

export type Health = { key: 'healthy' | 'pending' | 'degraded' | 'stopped'; tone: Tone; rank: number };
/** Trouble first: `rank` is its place in the list. */
export function healthOf(bot: Bot): Health {
  if (!bot.is_active) return { key: 'stopped', tone: 'plain', rank: 2 };
  if (bot.webhook_error || bot.webhook_status === 'FAILED') return { key: 'degraded', tone: 'bad', rank: 0 };
  if (bot.receive_mode === 'webhook' && bot.webhook_status !== 'REGISTERED')
    return { key: 'pending', tone: 'warn', rank: 1 };
  return { key: 'healthy', tone: 'ok', rank: 3 };
}

/** How it is shown among what sends. */
export function senderOf(bot: Bot): Sender {
  const { key, tone } = healthOf(bot);
  const { id, name, bot_username } = bot;
  return { id, name, channel: 'TELEGRAM', address: `@${bot_username}`, health: { tone, words: t(key) } };
}

export const isRevoked = (bot: Bot) => /401|unauthorized|revoked/i.test(bot.webhook_error ?? '');
export const isConflict = (bot: Bot) => /409|conflict|terminated by other/i.test(bot.webhook_error ?? '');

/** When the day of the daily limit ends, on the clock of who looks. */
export const resetTime = () => t('resets', { time: clock(new Date().setUTCHours(24, 0, 0, 0)) });

export async function changeBot(id: string, change: Schemas['PartialBotBody']): Promise<Bot> {
  const bot = await body<Bot>(api.PATCH('/telegram/v1/bots/{id}/', { params: { path: { id } }, body: change }));
  told(bot);
  return bot;
}
export function told(bot: Bot) {
  queryClient.setQueryData(botQuery(bot.id).queryKey, bot);
  void queryClient.invalidateQueries({ queryKey: ['bots'] });
}
