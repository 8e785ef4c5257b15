import { t } from './t';

export type Activity = {
  id: string;
  actor_type: string;
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  object_type: string;
  object_id: string | null;
  object_name: string | null;
  before: unknown;
  after: unknown;
  origin: string;
  ip: string | null;
  created_at: string;
};

export const TYPES = [
  'conversation',
  'contact',
  'broadcast',
  'bot',
  'label',
  'member',
  'api_key',
  'settings',
  'canned_response',
  'message',
  'note',
  'segment',
  'template',
  'view',
  'import',
  'attribute',
  'invitation',
  'webhook_endpoint',
  'event',
] as const;

export const typeName = (type: string) => {
  const known = TYPES.find((one) => one === type);
  return known ? t(known) : type.replaceAll('_', ' ');
};
export const actorOf = (one: Activity) => (one.actor_type === 'SYSTEM' ? t('system') : (one.actor_name ?? '…'));
const DEEDS = [
  'created',
  'changed',
  'removed',
  'deleted',
  'revoked',
  'restored',
  'rotated',
  'registered',
  'cancelled',
  'paused',
  'resumed',
  'retried',
  'started',
  'sent',
  'edited',
  'reacted',
  'written',
  'merged',
  'erased',
  'assigned',
  'unassigned',
  'closed',
  'reopened',
  'snoozed',
  'labels_changed',
  'priority_changed',
  'tagged',
  'untagged',
  'joined',
  'enabled',
  'disabled',
  'replayed',
  'resent',
  'secret_rotated',
  'submitted',
  'reviewed',
  'link_made',
  'duplicate_dismissed',
  'job_started',
  'job_done',
  'job_cancelled',
] as const;

/** `label.changed` as words: "changed label". */
export const said = (one: Activity) => {
  const deed = one.action.split('.').pop() ?? one.action;
  const known = DEEDS.find((name) => name === deed);
  return t('said', { verb: known ? t(`did_${known}`) : deed.replaceAll('_', ' '), what: typeName(one.object_type) });
};

const PLACES: Record<string, string> = {
  conversation: '/inbox/',
  contact: '/contacts/',
  broadcast: '/broadcasts/',
  bot: '/bots/',
};
/** Where the object is, if it has a page of its own. */
export const linkOf = (one: Activity): string | undefined => {
  const place = PLACES[one.object_type];
  return place && one.object_id ? place + one.object_id : undefined;
};
