/** What is being written: one value for the form, the browser's memory, and the server's body. */
import type { Schemas } from '../../lib/api';

import { persisted } from '../../lib/store';
import type { Chosen } from '../../lib/whatsapp';
import type { Broadcast } from './broadcasts';

export type DraftButton = { key: number; text: string; url: string };
export type Draft = {
  /** Once it is a draft on the server. */
  id: string;
  name: string;
  platform: Schemas['Platform'];
  /** Of WhatsApp: the approved template that says it, in place of a text. */
  template: Chosen | null;
  text: string;
  marks: boolean;
  mediaType: '' | 'photo' | 'video' | 'document' | 'animation';
  mediaUrl: string;
  buttons: DraftButton[];
  silent: boolean;
  protect: boolean;
  noLinkPreview: boolean;
  bot: string;
  audience: 'all' | 'tags' | 'segment' | 'chosen';
  tags: string[];
  segment: string;
  except: string[];
  exceptSegment: string;
  recipients: string[];
  when: 'now' | 'at';
  at: string;
  rate: string;
  quietFrom: string;
  quietTo: string;
  track: boolean;
};

export const EMPTY: Draft = {
  id: '',
  name: '',
  platform: 'TELEGRAM',
  template: null,
  text: '',
  marks: true,
  mediaType: '',
  mediaUrl: '',
  buttons: [],
  silent: false,
  protect: false,
  noLinkPreview: false,
  bot: '',
  audience: 'all',
  tags: [],
  segment: '',
  except: [],
  exceptSegment: '',
  recipients: [],
  when: 'now',
  at: '',
  rate: '',
  quietFrom: '',
  quietTo: '',
  track: false,
};

/** Kept in this browser at every key, so that nothing typed is lost. */
export const kept = persisted<Draft | null>('broadcast-draft', null);

type Content = Pick<
  Schemas['BroadcastBody'],
  | 'platform'
  | 'template'
  | 'message_text'
  | 'parse_mode'
  | 'media_type'
  | 'media_url'
  | 'buttons'
  | 'disable_notification'
>;
export function contentOf(draft: Draft): Content {
  const { platform } = draft;
  if (isTemplate(draft)) return { platform, template: draft.template as never };
  const hasMedia = draft.mediaType && draft.mediaUrl.trim();
  const buttons = draft.buttons.filter((button) => button.text.trim() || button.url.trim());
  return {
    platform,
    message_text: draft.text,
    parse_mode: draft.marks ? 'Markdown' : null,
    media_type: hasMedia ? (draft.mediaType as never) : null,
    media_url: hasMedia ? draft.mediaUrl.trim() : null,
    buttons: buttons.length ? buttons.map(({ text, url }) => [{ type: 'URL', text, url }] as never) : null,
  };
}

/** As it is shown while it is being written: what a template's variable will say is left open. */
export function shownOf(draft: Draft) {
  const { template } = draft;
  if (!isTemplate(draft) || !template?.variables) return contentOf(draft);
  const said = (words: string) => words.trim() || '…';
  const variables = Array.isArray(template.variables)
    ? template.variables.map(said)
    : Object.fromEntries(Object.entries(template.variables).map(([name, words]) => [name, said(words)]));
  return contentOf({ ...draft, template: { ...template, variables } });
}

/** Whether a template says it. */
export const isTemplate = (draft: Draft) => draft.platform === 'WHATSAPP' && draft.template !== null;
/** Whether there is anything to send. */
export const hasContent = (draft: Draft) =>
  isTemplate(draft) || !!draft.text.trim() || (!!draft.mediaType && !!draft.mediaUrl.trim());

export const audienceOf = (draft: Draft): Schemas['BroadcastBody'] => ({
  select_all: draft.audience === 'all',
  tag_filter: draft.audience === 'tags' ? draft.tags : [],
  segment: draft.audience === 'segment' ? draft.segment || null : null,
  exclude_tags: draft.except,
  exclude_segment: draft.exceptSegment || null,
  recipients: draft.audience === 'chosen' ? draft.recipients : [],
});

export function bodyOf(draft: Draft): Schemas['BroadcastBody'] {
  return {
    name: draft.name,
    ...contentOf(draft),
    ...audienceOf(draft),
    disable_notification: draft.silent,
    protect_content: draft.protect,
    link_preview: draft.noLinkPreview ? false : null,
    bot_app_id: draft.bot || null,
    ...steeringOf(draft),
  };
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
/** At what pace, and when not. */
const steeringOf = (draft: Draft): object => ({
  time_zone: zone(),
  rate_limit: draft.rate.trim() || null,
  quiet_hours: draft.quietFrom && draft.quietTo ? { from: draft.quietFrom, to: draft.quietTo } : null,
  track_clicks: draft.track,
});

type Row = { type?: string; text?: string; url?: string };
/** A draft of the server, to go on with. */
type Steered = {
  rate_limit?: string | null;
  quiet_hours?: { from: string; to: string } | null;
  track_clicks?: boolean;
};
export function read(one: Broadcast & Steered): Draft {
  const rows = ((one.buttons ?? []) as unknown[]).flat() as Row[];
  return {
    ...EMPTY,
    id: one.id,
    name: one.name,
    platform: one.platform,
    template: (one.template ?? null) as Chosen | null,
    text: one.message_text,
    marks: one.parse_mode === 'Markdown',
    mediaType: (one.media_type ?? '') as Draft['mediaType'],
    mediaUrl: one.media_url ?? '',
    buttons: rows.map((row, key) => ({ key, text: row.text ?? '', url: row.url ?? '' })),
    silent: one.disable_notification,
    protect: one.protect_content,
    noLinkPreview: one.link_preview === false,
    bot: one.bot_app_id ?? '',
    audience: one.select_all ? 'all' : one.segment ? 'segment' : one.tag_filter.length ? 'tags' : 'all',
    tags: one.tag_filter,
    segment: one.segment ?? '',
    except: one.exclude_tags,
    exceptSegment: one.exclude_segment ?? '',
    when: one.scheduled_time ? 'at' : 'now',
    at: one.scheduled_time ?? '',
    rate: one.rate_limit ?? '',
    quietFrom: one.quiet_hours?.from.slice(0, 5) ?? '',
    quietTo: one.quiet_hours?.to.slice(0, 5) ?? '',
    track: one.track_clicks ?? false,
  };
}

const NAMES_SOMEBODY: Record<Draft['audience'], (draft: Draft) => boolean> = {
  all: () => true,
  tags: (draft) => draft.tags.length > 0,
  segment: (draft) => draft.segment !== '',
  chosen: (draft) => draft.recipients.length > 0,
};
export const isSomebody = (draft: Draft) => NAMES_SOMEBODY[draft.audience](draft);
