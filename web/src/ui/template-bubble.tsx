import { FileText, Image, Play, Reply } from 'lucide-react';
import { cx } from './../lib/cx';
import { bodyOf, filled, part, type Template } from '../lib/whatsapp';

const MEDIA = { IMAGE: Image, VIDEO: Play, DOCUMENT: FileText } as const;
type Props = { template: Pick<Template, 'components'>; values?: Record<string, string>; className?: string };

/** A template as it stands on a phone, with what is known of its variables filled in. */
export function TemplateBubble({ template, values = {}, className }: Props) {
  const header = part(template, 'HEADER');
  const Media = MEDIA[header?.format?.toUpperCase() as keyof typeof MEDIA];
  const footer = part(template, 'FOOTER')?.text;
  const buttons = part(template, 'BUTTONS')?.buttons ?? [];
  return (
    <div className={cx('max-w-full', className)}>
      <div className="overflow-hidden rounded-2xl rounded-es-[5px] bg-in px-3 py-1.5 text-sm shadow-bubble ring-1 ring-in-line">
        {Media && (
          <span className="-mx-3 -mt-1.5 mb-1.5 flex h-24 items-center justify-center bg-sunken text-fg-3">
            <Media size={24} strokeWidth={1.5} aria-hidden="true" />
          </span>
        )}
        {header?.text && (
          <p dir="auto" className="font-semibold break-words">
            {filled(header.text, values)}
          </p>
        )}
        <p dir="auto" className="leading-5 break-words whitespace-pre-wrap">
          {filled(bodyOf(template), values)}
        </p>
        {footer && <p className="mt-0.5 text-xs text-fg-3">{footer}</p>}
      </div>
      {buttons.map((button) => (
        <span
          key={`${button.type}${button.text}`}
          className="mt-1 flex items-center justify-center gap-1.5 truncate rounded-lg bg-accent-soft px-2 py-1.5 text-sm font-medium text-accent-text"
        >
          {button.type?.toUpperCase() === 'QUICK_REPLY' && <Reply size={13} aria-hidden="true" />}
          {button.text ?? button.type}
        </span>
      ))}
    </div>
  );
}
