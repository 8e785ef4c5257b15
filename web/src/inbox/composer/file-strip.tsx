import { ChevronLeft, ChevronRight, FileText, Music, X } from 'lucide-react';
import type { DragEvent } from 'react';
import { bytes } from '../../lib/time';
import { t } from '../t';
import type { Attachment } from './attachment';
import { moveFile, removeFile } from './files';

const DRAGGED = 'application/x-attachment';

/** What will go along: thumbnails that can be put in order by drag or by their arrows. */
export function FileStrip({ conversation, files }: { conversation: string; files: Attachment[] }) {
  const drop = (event: DragEvent, at: number) => {
    const id = event.dataTransfer.getData(DRAGGED);
    if (!id) return;
    event.preventDefault();
    event.stopPropagation();
    moveFile(conversation, id, at);
  };
  return (
    <ul className="flex gap-2 overflow-x-auto px-3 pt-2" aria-label={t('attached')}>
      {files.map((one, at) => (
        <li
          key={one.id}
          draggable
          onDragStart={(event) => event.dataTransfer.setData(DRAGGED, one.id)}
          onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
          onDrop={(event) => drop(event, at)}
          title={`${one.file.name} · ${bytes(one.file.size)}`}
          className="group relative h-16 w-20 shrink-0 overflow-hidden rounded-lg bg-sunken ring-1 ring-line"
        >
          <Thumb one={one} />
          <button
            type="button"
            onClick={() => removeFile(conversation, one.id)}
            aria-label={t('removeFile', { name: one.file.name })}
            className="absolute end-1 top-1 flex size-5 items-center justify-center rounded-full bg-black/65 text-white"
          >
            <X size={12} aria-hidden="true" />
          </button>
          {files.length > 1 && (
            <span className="absolute inset-x-1 bottom-1 flex justify-between opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
              <Arrow
                label={t('earlierInAlbum')}
                off={at === 0}
                run={() => moveFile(conversation, one.id, at - 1)}
                back
              />
              <Arrow
                label={t('laterInAlbum')}
                off={at === files.length - 1}
                run={() => moveFile(conversation, one.id, at + 1)}
              />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Thumb({ one }: { one: Attachment }) {
  if (one.kind === 'photo' && one.url)
    return <img src={one.url} alt={one.file.name} className="size-full object-cover" />;
  if (one.kind === 'video' && one.url)
    return <video src={one.url} muted preload="metadata" className="size-full object-cover" />;
  const Icon = one.kind === 'audio' ? Music : FileText;
  return (
    <span className="flex size-full flex-col items-center justify-center gap-1 px-1 text-fg-3">
      <Icon size={18} aria-hidden="true" />
      <span className="w-full truncate text-center text-[10px]">{one.file.name}</span>
    </span>
  );
}

type ArrowProps = { label: string; off: boolean; run: () => void; back?: boolean };
const Arrow = ({ label, off, run, back }: ArrowProps) => (
  <button
    type="button"
    aria-label={label}
    disabled={off}
    onClick={run}
    className="flex size-5 items-center justify-center rounded-full bg-black/65 text-white disabled:invisible"
  >
    {back ? (
      <ChevronLeft size={12} className="rtl:rotate-180" />
    ) : (
      <ChevronRight size={12} className="rtl:rotate-180" />
    )}
  </button>
);
