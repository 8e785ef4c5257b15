import { type ClipboardEvent, type KeyboardEvent, type RefObject, useId, useLayoutEffect, useState } from 'react';
import { cx } from '../../lib/cx';
import type { Contact } from '../../lib/inbox';
import type { Mode } from '../data/drafts';
import { pieces } from './markers';
import { type Suggestion, useSuggestions } from './suggest';
import { SuggestionList } from './suggestion-list';

const HEIGHT_MAX = 220;

type Props = {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  onFiles: (files: File[]) => void;
  /** Keys that the field itself has no use for. */
  onKey: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  mode: Mode;
  contact: Contact;
  label: string;
  placeholder: string;
  disabled: boolean;
};

/** Where one writes: grows with the text, shows its marks, offers what fits to `/`, `@` and `:`. */
export function WritingField(props: Props) {
  const { field, text, onText, onFiles, onKey, mode, contact, label, placeholder, disabled } = props;
  const [caret, setCaret] = useState(text.length);
  const [at, setAt] = useState(0);
  const [hidden, setHidden] = useState('');
  const listId = useId();
  const all = useSuggestions(text, caret, mode, contact);
  const hits = hidden === text ? [] : all;
  const index = Math.min(at, hits.length - 1);
  useHeight(field, text, mode);
  const take = (hit: Suggestion | undefined) => {
    const el = field.current;
    if (!hit || !el) return;
    hit.picked?.();
    el.setRangeText(hit.insert, hit.from, caret, 'end');
    onText(el.value);
    setCaret(el.selectionStart);
    setHidden(el.value);
    setAt(0);
    el.focus();
  };
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (hits.length && !event.ctrlKey && !event.metaKey) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const isTaken = event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey);
      if (step || isTaken || event.key === 'Escape') event.preventDefault();
      if (step) return setAt((index + step + hits.length) % hits.length);
      if (isTaken) return take(hits[index]);
      if (event.key === 'Escape') return setHidden(text);
    }
    onKey(event);
  };
  const paste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    onFiles(files);
  };
  const look =
    'block max-h-56 w-full resize-none px-3.5 pt-2 pb-1 leading-5 break-words whitespace-pre-wrap max-md:text-base';
  return (
    <>
      <SuggestionList id={listId} hits={hits} at={index} mode={mode} onPick={take} onAim={setAt} />
      <div className="relative">
        <Shown text={text} className={cx(look, 'no-scrollbar pointer-events-none absolute inset-0 overflow-hidden')} />
        <textarea
          ref={field}
          id="composer"
          rows={1}
          value={text}
          disabled={disabled}
          dir="auto"
          onChange={(event) => {
            onText(event.target.value);
            setCaret(event.target.selectionStart);
            setAt(0);
            setHidden('');
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onScroll={(event) => {
            const shown = event.currentTarget.previousElementSibling;
            if (shown) shown.scrollTop = event.currentTarget.scrollTop;
          }}
          onKeyDown={keyDown}
          onPaste={paste}
          placeholder={placeholder}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={hits.length ? listId : undefined}
          aria-activedescendant={hits.length ? `${listId}-${index}` : undefined}
          className={cx(
            look,
            'relative bg-transparent text-transparent outline-none',
            mode === 'note' ? 'caret-note-fg placeholder:text-note-meta' : 'caret-fg placeholder:text-fg-3',
          )}
        />
      </div>
    </>
  );
}

function useHeight(field: RefObject<HTMLTextAreaElement | null>, text: string, mode: Mode) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: refit when the text changes
  useLayoutEffect(() => {
    const el = field.current;
    if (!el) return;
    el.style.height = 'auto';
    el.style.height = `${Math.min(el.scrollHeight, HEIGHT_MAX)}px`;
  }, [text, mode]);
}

const LOOKS = {
  plain: '',
  mark: 'opacity-40',
  // Bold by stroke: a heavier weight would be wider than what the caret walks over.
  bold: '[-webkit-text-stroke:0.4px_currentColor]',
  italic: 'underline decoration-fg-3/50 decoration-wavy underline-offset-4',
  code: 'rounded bg-fg/8',
  link: 'text-accent-text underline underline-offset-2',
  spoiler: 'rounded bg-fg/15',
  missing: 'rounded bg-bad-soft text-bad',
};

/** The same words under the transparent ones of the field, with their marks shown. */
function Shown({ text, className }: { text: string; className: string }) {
  return (
    <div aria-hidden="true" className={className} dir="auto">
      {pieces(text).map((piece, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
        <span key={at} className={LOOKS[piece.kind]}>
          {piece.text}
        </span>
      ))}
      {text.endsWith('\n') && '​'}
    </div>
  );
}
