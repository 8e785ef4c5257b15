/** A file on its way into a message, as Telegram will show it. */
export type Kind = 'photo' | 'video' | 'audio' | 'document';
export type Attachment = { id: string; file: File; kind: Kind; url: string | undefined };

export const ALBUM_MAX = 10;
const MB = 1_000_000;
const PHOTO_BYTES_MAX = 10 * MB;
export const FILE_BYTES_MAX = 50 * MB;

export function kindOf(file: Pick<File, 'type' | 'size'>): Kind {
  // A picture that Telegram would refuse as a photo still goes as a file.
  if (/^image\/(jpeg|png|webp)$/.test(file.type) && file.size <= PHOTO_BYTES_MAX) return 'photo';
  if (file.type === 'video/mp4') return 'video';
  if (/^audio\/(mpeg|mp4|x-m4a)$/.test(file.type)) return 'audio';
  return 'document';
}

export function attach(file: File): Attachment {
  const kind = kindOf(file);
  const shows = kind === 'photo' || kind === 'video';
  return { id: crypto.randomUUID(), file, kind, url: shows ? URL.createObjectURL(file) : undefined };
}

/** Only pictures and videos mix; with anything else among them, all go as files. */
export function asAlbum(files: Attachment[]): Attachment[] {
  const all = (kinds: Kind[]) => files.every((one) => kinds.includes(one.kind));
  if (files.length < 2 || all(['photo', 'video']) || all(['audio']) || all(['document'])) return files;
  return files.map((one) => ({ ...one, kind: 'document' }));
}
