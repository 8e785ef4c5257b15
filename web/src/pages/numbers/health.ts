import { request } from '../../lib/api';
import { told, type WhatsappNumber } from '../../lib/whatsapp';
import type { Tone } from '../../ui/chip';
import type { Sender } from '../../ui/sender';
import { t } from './t';

type Health = { key: 'healthy' | 'pending' | 'degraded' | 'stopped'; tone: Tone; rank: number };
/** Trouble first: `rank` is its place in the list. */
export function healthOf(number: WhatsappNumber): Health {
  if (!number.is_active) return { key: 'stopped', tone: 'plain', rank: 2 };
  if (number.webhook_error || number.webhook_status === 'FAILED') return { key: 'degraded', tone: 'bad', rank: 0 };
  if (number.webhook_status !== 'REGISTERED') return { key: 'pending', tone: 'warn', rank: 1 };
  return { key: 'healthy', tone: 'ok', rank: 3 };
}

/** How it is shown among what sends. */
export function senderOf(number: WhatsappNumber): Sender {
  const { key, tone } = healthOf(number);
  const { id, name, display_phone_number } = number;
  return { id, name, channel: 'WHATSAPP', address: display_phone_number, health: { tone, words: t(key) } };
}

export const QUALITY: Record<string, Tone> = { GREEN: 'ok', YELLOW: 'warn', RED: 'bad' };

export const post = <T>(path: string, given?: object) =>
  request<T>(`/whatsapp/v1/numbers/${path}`, { method: 'POST', ...(given && { body: JSON.stringify(given) }) });

export async function changeNumber(id: string, change: object): Promise<WhatsappNumber> {
  const path = `/whatsapp/v1/numbers/${id}/`;
  const number = await request<WhatsappNumber>(path, { method: 'PATCH', body: JSON.stringify(change) });
  told(number);
  return number;
}
