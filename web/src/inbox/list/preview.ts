/** One line about an entry: what the list, notifications and quotes show of it. */
import type { LucideIcon } from 'lucide-react';
import {
  CircleUserRound,
  Dices,
  FileText,
  Image,
  Images,
  ListChecks,
  Lock,
  MapPin,
  Mic,
  Music,
  Smile,
  SquareMousePointer,
  Video,
} from 'lucide-react';
import type { Entry } from '../../lib/inbox';
import { playing } from '../../lib/time';
import { t } from '../t';

type Preview = { text: string; icon?: LucideIcon };
type Content = Entry['content'];

const ICONS: Partial<Record<Content['type'], LucideIcon>> = {
  photo: Image,
  album: Images,
  video: Video,
  video_note: Video,
  animation: Video,
  voice: Mic,
  audio: Music,
  document: FileText,
  sticker: Smile,
  location: MapPin,
  venue: MapPin,
  contact: CircleUserRound,
  poll: ListChecks,
  dice: Dices,
  button: SquareMousePointer,
};

/** The kind in words; nothing for text. */
export function kindWord(content: Content): string {
  const [media] = content.media;
  const length = media?.duration ? ` · ${playing(media.duration)}` : '';
  switch (content.type) {
    case 'photo':
      return t('photo');
    case 'album':
      return t('album', { n: content.media.length });
    case 'video':
      return t('video') + length;
    case 'video_note':
      return t('videoNote') + length;
    case 'animation':
      return t('animation');
    case 'voice':
      return t('voice') + length;
    case 'audio':
      return media?.file_name ?? t('audio');
    case 'document':
      return media?.file_name ?? t('file');
    case 'sticker':
      return `${t('sticker')} ${content.emoji ?? ''}`.trim();
    case 'location':
      return t('location');
    case 'venue':
      return content.location?.title ?? t('location');
    case 'contact':
      return `${content.contact?.first_name ?? ''} ${content.contact?.last_name ?? ''}`.trim() || t('card');
    case 'poll':
      return content.poll?.question ?? t('poll');
    case 'dice':
      return `${content.emoji ?? '🎲'} ${content.dice_value ?? ''}`.trim();
    case 'story':
      return t('story');
    case 'unsupported':
      return t('unsupported', { what: content.detail ?? '' }).trim();
    default:
      return '';
  }
}

export function previewOf(entry: Entry): Preview {
  const { content } = entry;
  if (entry.deleted_at) return { text: t('deleted') };
  if (content.type === 'button') return { text: t('pressed', { what: content.text ?? '' }), icon: SquareMousePointer };
  const icon = entry.kind === 'note' ? Lock : ICONS[content.type];
  const text = [kindWord(content), content.text ?? ''].filter(Boolean).join(' · ');
  return icon ? { text, icon } : { text };
}
