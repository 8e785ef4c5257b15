/** Files that were added and not sent yet, by conversation: they outlive a look at another one, not a reload. */

import { bytes } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { watched } from '../../lib/watched';
import { t } from '../t';
import { ALBUM_MAX, type Attachment, attach, FILE_BYTES_MAX } from './attachment';

const all = watched<Record<string, Attachment[]>>({});
const NONE: Attachment[] = [];

export const useFiles = (conversation: string) => all.use()[conversation] ?? NONE;
const set = (conversation: string, files: Attachment[]) => all.set((before) => ({ ...before, [conversation]: files }));

export function addFiles(conversation: string, given: Iterable<File>) {
  const now = all.get()[conversation] ?? [];
  const files = [...given];
  const tooBig = files.find((file) => file.size > FILE_BYTES_MAX);
  if (tooBig) toast(t('tooBig', { name: tooBig.name, most: bytes(FILE_BYTES_MAX) }), { kind: 'failed' });
  const fit = files.filter((file) => file.size > 0 && file.size <= FILE_BYTES_MAX);
  if (now.length + fit.length > ALBUM_MAX) toast(t('albumFull', { n: ALBUM_MAX }), { kind: 'failed' });
  set(conversation, [...now, ...fit.slice(0, ALBUM_MAX - now.length).map(attach)]);
}

export function removeFile(conversation: string, id: string) {
  const now = all.get()[conversation] ?? [];
  set(
    conversation,
    now.filter((one) => one.id !== id),
  );
}

/** The order in which an album shows them. */
export function moveFile(conversation: string, id: string, to: number) {
  const now = all.get()[conversation] ?? [];
  const one = now.find((other) => other.id === id);
  if (!one) return;
  const rest = now.filter((other) => other.id !== id);
  set(conversation, rest.toSpliced(Math.max(0, to), 0, one));
}

export const takeFiles = (conversation: string): Attachment[] => {
  const now = all.get()[conversation] ?? [];
  set(conversation, []);
  return now;
};
export const giveFiles = set;
