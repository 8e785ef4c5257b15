/**
 * The light marks that people type: `**bold**`, `_italic_`, `code` in backticks, `[text](url)`, `||spoiler||`. The
 * server alone turns them into formatting; here they are only found, to be shown while one types.
 */
export type Piece = {
  text: string;
  kind: 'plain' | 'mark' | 'bold' | 'italic' | 'code' | 'link' | 'spoiler' | 'missing';
};

const MARKS =
  /(\*\*)(\S(?:[^\n]*?\S)?)(\*\*)|(`+)([^`\n]+)(\4)|(\|\|)(\S(?:[^\n]*?\S)?)(\|\|)|(\[)([^\]\n]+)(\]\([^)\s]+\))|(?<![\p{L}\p{N}_])(_)(\S(?:[^\n_]*?\S)?)(_)(?![\p{L}\p{N}_])|(\{\{?\w+\}?\})/gu;
const KINDS = ['bold', 'code', 'spoiler', 'link', 'italic'] as const;

export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  const push = (text: string, kind: Piece['kind']) => text && out.push({ text, kind });
  for (const found of text.matchAll(MARKS)) {
    push(text.slice(at, found.index), 'plain');
    at = found.index + found[0].length;
    if (found[16]) {
      push(found[16], 'missing');
      continue;
    }
    const which = KINDS.findIndex((_, k) => found[3 * k + 1] !== undefined);
    push(found[3 * which + 1] ?? '', 'mark');
    push(found[3 * which + 2] ?? '', KINDS[which] ?? 'plain');
    push(found[3 * which + 3] ?? '', 'mark');
  }
  push(text.slice(at), 'plain');
  return out;
}

export const hasMarks = (text: string) => pieces(text).some((piece) => piece.kind === 'mark');
