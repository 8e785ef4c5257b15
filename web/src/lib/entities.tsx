import type { ReactNode } from 'react';
import type { components } from './schema';

type Entity = components['schemas']['Entity'];
const SAFE = /^(https?|tg|mailto):/i;
const UNLINKED = /^(code|pre|url|text_link|email|mention|phone_number)$/;

/** Telegram entities -> React nodes. Offsets are UTF-16 code units, exactly JS string indices; never HTML. */
export function renderEntities(text: string, entities: Entity[] = []): ReactNode {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  let key = 0;
  const walk = (from: number, to: number, list: Entity[], isPlain = false): ReactNode[] => {
    const words = (text: string) => (isPlain ? [text] : linked(text, () => key++));
    const out: ReactNode[] = [];
    let pos = from;
    for (let i = 0; i < list.length; ) {
      const e = list[i] as Entity;
      const end = Math.min(e.offset + e.length, to);
      let j = i + 1;
      while (j < list.length && (list[j] as Entity).offset < end) j++;
      if (e.offset > pos) out.push(...words(text.slice(pos, e.offset)));
      const inner = walk(e.offset, end, list.slice(i + 1, j), isPlain || UNLINKED.test(e.type));
      out.push(wrap(e, inner, text.slice(e.offset, end), key++));
      pos = Math.max(pos, end);
      i = j;
    }
    if (pos < to) out.push(...words(text.slice(pos, to)));
    return out;
  };
  return walk(0, text.length, sorted);
}

const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>".,:;!?)\]}'’”]/gi;
/** What we send has no entities for bare addresses; Telegram links them by itself, and so do we. */
function linked(text: string, key: () => number): ReactNode[] {
  const out: ReactNode[] = [];
  let pos = 0;
  for (const found of text.matchAll(ADDRESS)) {
    if (found.index > pos) out.push(text.slice(pos, found.index));
    out.push(wrap({ type: 'url', offset: 0, length: 0 }, [found[0]], found[0], key()));
    pos = found.index + found[0].length;
  }
  if (pos < text.length) out.push(text.slice(pos));
  return out;
}

function wrap(e: Entity, kids: ReactNode[], raw: string, key: number): ReactNode {
  switch (e.type) {
    case 'bold':
      return (
        <strong key={key} className="font-semibold">
          {kids}
        </strong>
      );
    case 'italic':
      return <em key={key}>{kids}</em>;
    case 'underline':
      return <u key={key}>{kids}</u>;
    case 'strikethrough':
      return <s key={key}>{kids}</s>;
    case 'code':
      return (
        <code key={key} className="rounded bg-fg/8 px-1 py-px font-mono text-[0.92em]">
          {kids}
        </code>
      );
    case 'pre':
      return (
        <pre key={key} className="my-1 overflow-x-auto rounded-md bg-fg/8 p-2 font-mono text-xs">
          {kids}
        </pre>
      );
    case 'blockquote':
      return (
        <blockquote key={key} className="my-1 border-s-3 border-accent-text/70 ps-2">
          {kids}
        </blockquote>
      );
    case 'spoiler':
      return (
        <span key={key} className="rounded bg-fg/80 text-transparent transition hover:bg-fg/10 hover:text-inherit">
          {kids}
        </span>
      );
    case 'text_link':
    case 'url': {
      const href = e.url ?? raw;
      return SAFE.test(href) ? (
        <a
          key={key}
          href={href}
          target="_blank"
          rel="noreferrer noopener"
          className="text-accent-text underline decoration-accent-text/35 underline-offset-2 hover:decoration-current"
        >
          {kids}
        </a>
      ) : (
        <span key={key}>{kids}</span>
      );
    }
    default:
      return (
        <span key={key} className="font-medium text-accent-text">
          {kids}
        </span>
      );
  }
}
