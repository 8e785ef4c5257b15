import { useQuery } from '@tanstack/react-query';
import { api, body, queryClient, type Schemas } from '../../../lib/api';
import type { Tone } from '../../../ui/chip';

export type EndpointView = Schemas['EndpointView'];
export const ENDPOINTS = ['webhooks', 'endpoints'] as const;
export const DELIVERIES = ['webhooks', 'deliveries'] as const;
export const EVENT_TYPES = [
  'new_message',
  'message_updated',
  'message_status',
  'conversation_updated',
  'assignment_update',
  'ticket_update',
  'contact_changed',
  'broadcast_progress',
  'import_progress',
  'contact_job_progress',
  'bot_health',
] as const;

/** All of them: a tenant has a few. */
export function useEndpoints(enabled: boolean) {
  const query = useQuery({
    queryKey: ENDPOINTS,
    queryFn: ({ signal }) =>
      body<Schemas['Listing_EndpointView']>(
        api.GET('/webhooks/endpoints/', { params: { query: { page_size: 200 } }, signal }),
      ),
    enabled,
  });
  return { endpoints: query.data?.results ?? [], query };
}

/** Reads everything about outgoing webhooks anew. */
export const refresh = () => queryClient.invalidateQueries({ queryKey: ['webhooks'] });

/** How an endpoint is, in one word. */
export function healthOf(endpoint: EndpointView): { tone: Tone; key: Health } {
  if (!endpoint.is_enabled)
    return endpoint.disabled_reason ? { tone: 'bad', key: 'stopped' } : { tone: 'plain', key: 'off' };
  return endpoint.failing_since ? { tone: 'warn', key: 'failing' } : { tone: 'ok', key: 'healthy' };
}
type Health = 'stopped' | 'off' | 'failing' | 'healthy';

export const words = (type: string) => type.replaceAll('_', ' ');
