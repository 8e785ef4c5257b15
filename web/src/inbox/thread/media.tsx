import { CircleUserRound, Download, FileText, MapPin, Music } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { cx } from '../../lib/cx';
import type { Entry } from '../../lib/inbox';
import { bytes, playing } from '../../lib/time';
import { t } from '../t';
import { lightbox } from './lightbox-state';
import { PollView } from './poll';
import { Voice } from './voice';

type Piece = Entry['content']['media'][number];

/** Telegram hands bots no file above this. */
const FETCH_BYTES_MAX = 20 * 1024 * 1024;
const isTooBig = (piece: Piece) => (piece.size ?? 0) > FETCH_BYTES_MAX && !piece.url?.startsWith('blob:');

/** Shown without a bubble around it. */
export const isBare = (m: Entry) => !m.deleted_at && ['sticker', 'dice', 'video_note'].includes(m.content.type);
/** Pictures that fill their bubble. */
export const isFlush = (m: Entry) =>
  !m.deleted_at &&
  !m.content.text &&
  !m.reply_to &&
  !m.content.forwarded_from &&
  ['photo', 'album', 'video', 'animation'].includes(m.content.type) &&
  m.content.media.every((piece) => piece.type !== 'document' && piece.type !== 'audio');

export function MediaView({ m, flush }: { m: Entry; flush: boolean }) {
  const { content } = m;
  const [first] = content.media;
  switch (content.type) {
    case 'photo':
    case 'video':
    case 'animation':
      return first ? (
        <Frame flush={flush}>
          <Picture m={m} piece={first} at={0} />
        </Frame>
      ) : null;
    case 'album':
      return <Album m={m} flush={flush} />;
    case 'voice':
      return first ? <Voice piece={first} id={m.id} /> : null;
    case 'video_note':
      return first?.url ? (
        // biome-ignore lint/a11y/useMediaCaption: people's own clips come without captions
        <video
          src={first.url}
          controls
          preload="metadata"
          className="size-50 rounded-full bg-sunken object-cover"
          aria-label={t('videoNote')}
        />
      ) : null;
    case 'audio':
    case 'document':
      return first ? <FileRow piece={first} /> : null;
    case 'sticker':
      return <Sticker m={m} />;
    case 'dice':
      return (
        <span className="text-[56px] leading-none" role="img" aria-label={`${content.emoji} ${content.dice_value}`}>
          {content.emoji} <span className="text-3xl font-semibold text-fg-2 tabular-nums">{content.dice_value}</span>
        </span>
      );
    case 'location':
    case 'venue':
      return <Place m={m} />;
    case 'contact':
      return <Card m={m} />;
    case 'poll':
      return content.poll ? <PollView poll={content.poll} /> : null;
    case 'story':
      return <Named>{t('story')}</Named>;
    case 'unsupported':
      return <Named>{t('unsupported', { what: content.detail?.replaceAll('_', ' ') ?? '' })}</Named>;
    default:
      return null;
  }
}

const Named = ({ children }: { children: ReactNode }) => <span className="text-fg-2 italic">{children}</span>;
const Frame = ({ flush, children }: { flush: boolean; children: ReactNode }) => (
  <div className={cx('overflow-hidden', !flush && '-mx-3 -mt-1.5 mb-1.5 rounded-t-2xl')}>{children}</div>
);

const WIDE = 340;
/** Its box is reserved by its size, so that nothing moves when it arrives. */
function sizeOf(piece: Piece): { width: number; height: number } {
  const [w, h] = [piece.width || 340, piece.height || 240];
  const height = Math.min(420, Math.max(90, Math.round((h / w) * WIDE)));
  return { width: WIDE, height };
}

function Picture({ m, piece, at }: { m: Entry; piece: Piece; at: number }) {
  const [failed, setFailed] = useState(false);
  const { width, height } = sizeOf(piece);
  if (!piece.url || failed || isTooBig(piece)) return <FileRow piece={piece} inFrame />;
  if (piece.type !== 'photo')
    return (
      // biome-ignore lint/a11y/useMediaCaption: people's own clips come without captions
      <video
        src={piece.url}
        controls
        loop={piece.type === 'animation'}
        preload="metadata"
        width={width}
        height={height}
        aria-label={t(piece.type === 'animation' ? 'animation' : 'video')}
        className="block max-w-full bg-sunken"
      />
    );
  return (
    <button
      type="button"
      onClick={() => lightbox.set({ entry: m, at })}
      aria-label={t('openPhoto')}
      className="block max-w-full"
    >
      <img
        src={piece.url}
        width={width}
        height={height}
        alt=""
        loading="lazy"
        decoding="async"
        onError={() => setFailed(true)}
        className="block max-w-full bg-sunken object-cover"
        style={{ aspectRatio: `${width}/${height}` }}
      />
    </button>
  );
}

/** Pictures and clips as a grid, files below each other. */
function Album({ m, flush }: { m: Entry; flush: boolean }) {
  const { media } = m.content;
  if (media.some((piece) => piece.type === 'document' || piece.type === 'audio'))
    return media.map((piece) => <FileRow key={piece.url ?? piece.file_name} piece={piece} />);
  const isOdd = media.length % 2 === 1;
  return (
    <Frame flush={flush}>
      <div className="grid w-[340px] max-w-full grid-cols-2 gap-0.5">
        {media.map((piece, at) => (
          <button
            type="button"
            key={piece.url ?? at}
            onClick={() => lightbox.set({ entry: m, at })}
            aria-label={t('photoOf', { n: at + 1, all: media.length })}
            className={cx(
              'relative block overflow-hidden bg-sunken',
              isOdd && at === 0 ? 'col-span-2 h-[190px]' : 'h-[128px]',
            )}
          >
            {piece.type === 'photo' ? (
              <img src={piece.url ?? ''} alt="" loading="lazy" decoding="async" className="size-full object-cover" />
            ) : (
              <video src={piece.url ?? ''} preload="metadata" muted className="size-full object-cover" />
            )}
          </button>
        ))}
      </div>
    </Frame>
  );
}

function Sticker({ m }: { m: Entry }) {
  const [piece] = m.content.media;
  const [failed, setFailed] = useState(false);
  const isPicture = piece?.url && /^image\//.test(piece.mime_type ?? 'image/webp') && !failed;
  const label = `${t('sticker')} ${m.content.emoji ?? ''}`;
  if (isPicture)
    return (
      <img
        src={piece.url ?? ''}
        alt={label}
        width={128}
        height={128}
        loading="lazy"
        onError={() => setFailed(true)}
        className="size-32 object-contain"
      />
    );
  return (
    <span className="text-[64px] leading-none" role="img" aria-label={label}>
      {m.content.emoji ?? '🖼️'}
    </span>
  );
}

/** A file with its name and size; what bots can't fetch says so. */
function FileRow({ piece, inFrame }: { piece: Piece; inFrame?: boolean }) {
  const name = piece.file_name ?? t('file');
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toUpperCase();
  const about = [
    piece.size ? bytes(piece.size) : '',
    piece.duration ? playing(piece.duration) : '',
    isTooBig(piece) ? t('tooBigForBots') : (ending ?? ''),
  ].filter(Boolean);
  const Icon = piece.type === 'audio' ? Music : FileText;
  const inside = (
    <>
      <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-accent text-on-accent">
        <Icon size={18} className="group-hover/file:hidden" aria-hidden="true" />
        <Download size={18} className="hidden group-hover/file:block" aria-hidden="true" />
      </span>
      <span className="min-w-0">
        <span className="block truncate font-medium" dir="auto">
          {name}
        </span>
        <span className="block text-xs opacity-75">{about.join(' · ')}</span>
      </span>
    </>
  );
  const look = cx('group/file flex min-w-56 items-center gap-3 pt-1 pb-3 pe-2', inFrame && 'px-3');
  if (!piece.url || isTooBig(piece)) return <div className={look}>{inside}</div>;
  return (
    <a href={piece.url} download={name} className={look}>
      {inside}
    </a>
  );
}

function Place({ m }: { m: Entry }) {
  const place = m.content.location;
  if (!place) return null;
  const at = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
  return (
    <a
      href={`https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=16/${place.latitude}/${place.longitude}`}
      target="_blank"
      rel="noreferrer noopener"
      className="flex min-w-56 items-center gap-3 pt-1 pb-3 pe-2"
    >
      <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-ok-soft text-ok">
        <MapPin size={18} aria-hidden="true" />
      </span>
      <span className="min-w-0">
        <span className="block truncate font-medium">{place.title ?? t('location')}</span>
        <span className="block truncate text-xs opacity-75 tabular-nums">{place.address ?? at}</span>
      </span>
    </a>
  );
}

function Card({ m }: { m: Entry }) {
  const card = m.content.contact;
  if (!card) return null;
  return (
    <div className="flex min-w-56 items-center gap-3 pt-1 pb-3 pe-2">
      <span className="flex size-10 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent">
        <CircleUserRound size={20} aria-hidden="true" />
      </span>
      <span className="min-w-0">
        <span className="block truncate font-medium" dir="auto">
          {card.first_name} {card.last_name}
        </span>
        <span className="block text-xs opacity-75 tabular-nums">{card.phone_number}</span>
      </span>
    </div>
  );
}
