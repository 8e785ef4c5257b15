import type { Mode } from '../data/drafts';
import { pieces } from './markers';

const TEXT_MAX = 4096;
const CAPTION_MAX = 1024;
const NOTE_MAX = 16_384;

/** As Telegram counts: UTF-16 units, without the marks that become formatting. */
export const lengthOf = (text: string) =>
  pieces(text.trim()).reduce((sum, piece) => sum + (piece.kind === 'mark' ? 0 : piece.text.length), 0);
export const limitOf = (mode: Mode, hasFiles: boolean) =>
  mode === 'note' ? NOTE_MAX : hasFiles ? CAPTION_MAX : TEXT_MAX;

/** How many messages it takes: a caption that is too long goes on as text. */
export function partsOf(text: string, hasFiles: boolean): number {
  const length = lengthOf(text);
  if (!hasFiles) return Math.max(1, Math.ceil(length / TEXT_MAX));
  return length <= CAPTION_MAX ? 1 : 1 + Math.ceil(length / TEXT_MAX);
}
