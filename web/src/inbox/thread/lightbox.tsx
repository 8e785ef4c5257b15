import { Dialog as D } from '@base-ui/react/dialog';
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useState } from 'react';
import { cx } from '../../lib/cx';
import { t } from '../t';
import { lightbox } from './lightbox-state';

const ROUND = 'flex size-10 items-center justify-center rounded-full bg-black/50 text-white hover:bg-black/70';

/** A picture over the page: arrows within its album, zoom, download. */
export default function Lightbox() {
  const open = lightbox.use();
  const [big, setBig] = useState(false);
  const at = open?.at ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture starts fitted
  useEffect(() => setBig(false), [at, open?.entry.id]);
  if (!open) return null;
  const media = open.entry.content.media.filter((piece) => piece.url);
  const piece = media[at];
  const step = (d: number) => lightbox.set({ ...open, at: (at + d + media.length) % media.length });
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowRight') step(1);
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === '+' || event.key === '-') setBig(event.key === '+');
  };
  return (
    <D.Root open onOpenChange={(next) => !next && lightbox.set(undefined)}>
      <D.Portal>
        <D.Backdrop className="fixed inset-0 z-40 bg-black/85" />
        <D.Popup
          aria-label={t('photo')}
          onKeyDown={onKeyDown}
          className="fixed inset-0 z-50 flex items-center justify-center"
        >
          <div className={cx('max-h-full max-w-full', big && 'size-full overflow-auto')}>
            {piece?.type === 'photo' ? (
              <img
                src={piece.url ?? ''}
                alt={open.entry.content.text ?? t('photo')}
                className={cx(
                  'mx-auto',
                  big ? 'max-w-none cursor-zoom-out' : 'max-h-dvh max-w-[100vw] cursor-zoom-in object-contain',
                )}
                onClick={() => setBig(!big)}
                onKeyDown={onKeyDown}
              />
            ) : (
              // biome-ignore lint/a11y/useMediaCaption: people's own clips come without captions
              <video src={piece?.url ?? ''} controls autoPlay className="max-h-dvh max-w-[100vw]" />
            )}
          </div>
          <div className="absolute end-4 top-4 flex gap-2">
            <button
              type="button"
              className={ROUND}
              onClick={() => setBig(!big)}
              aria-label={big ? t('zoomOut') : t('zoomIn')}
            >
              {big ? <ZoomOut size={18} /> : <ZoomIn size={18} />}
            </button>
            <a className={ROUND} href={piece?.url ?? ''} download={piece?.file_name ?? ''} aria-label={t('download')}>
              <Download size={18} />
            </a>
            <D.Close className={ROUND} aria-label={t('closePhoto')}>
              <X size={18} />
            </D.Close>
          </div>
          {media.length > 1 && (
            <>
              <button
                type="button"
                className={cx(ROUND, 'absolute start-4')}
                onClick={() => step(-1)}
                aria-label={t('before')}
              >
                <ChevronLeft size={20} className="rtl:rotate-180" />
              </button>
              <button
                type="button"
                className={cx(ROUND, 'absolute end-4')}
                onClick={() => step(1)}
                aria-label={t('after')}
              >
                <ChevronRight size={20} className="rtl:rotate-180" />
              </button>
            </>
          )}
        </D.Popup>
      </D.Portal>
    </D.Root>
  );
}
