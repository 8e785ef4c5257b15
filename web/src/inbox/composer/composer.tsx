import { CornerUpLeft, Pencil, TriangleAlert, X } from 'lucide-react';
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { cx } from '../../lib/cx';
import { type Conversation, type Entry, nameOf } from '../../lib/inbox';
import { preferences } from '../../lib/store';
import { relative } from '../../lib/time';
import { act } from '../data/actions';
import { useChannel, useSender, useWindow } from '../data/channel';
import { type Mode, setDraft, useDraft } from '../data/drafts';
import { enqueue } from '../data/outbox';
import { tellTyping, usePresent } from '../data/presence';
import { useTeam } from '../data/team';
import type { Timeline } from '../data/timeline';
import { Dots } from '../list/dots';
import { previewOf } from '../list/preview';
import { t } from '../t';
import { useMe } from '../use-me';
import { asAlbum } from './attachment';
import { missing } from './canned';
import { blockedBy, lastOfMine, othersSince } from './circumstances';
import { edit } from './edit';
import { WritingField } from './field';
import { FileStrip } from './file-strip';
import { addFiles, takeFiles, useFiles } from './files';
import { intent } from './intent';
import { lengthOf, limitOf, partsOf } from './length';
import { ModeTabs } from './mode-tabs';
import { SendButton, type SendOptions } from './send-button';
import { Tools } from './tools';
import { WindowBar } from './window-bar';
import { wrapped } from './wrap';

const Preview = lazy(() => import('./preview'));

type Props = { c: Conversation; loaded: Timeline; onSentAndClosed: () => void };

export function Composer({ c, loaded, onSentAndClosed }: Props) {
  const me = useMe();
  const team = useTeam();
  const field = useRef<HTMLTextAreaElement>(null);
  const [mode, setMode] = useState<Mode>('reply');
  const [editing, setEditing] = useState<{ entry: Entry; text: string }>();
  const [shows, setShows] = useState(false);
  const [warned, setWarned] = useState<SendOptions>();
  const draft = useDraft(c.id, mode);
  const files = useFiles(c.id);
  const isNote = mode === 'note';
  const text = editing?.text ?? draft.text;
  const setText = (text: string) => {
    setWarned(undefined);
    if (editing) return setEditing({ ...editing, text });
    setDraft(c.id, mode, { text, ...(draft.text ? {} : { at: Date.now(), begun: Date.now() }) });
    if (text && !isNote) tellTyping(c.id);
  };
  const own = useSender(c);
  const { channel } = useChannel(c);
  const window = useWindow(loaded, channel);
  const sender = channel === c.platform ? own : undefined;
  const isShut = !!window && !window.isOpen && !editing;
  const reason = isNote ? undefined : (blockedBy(c, loaded, sender, channel) ?? (isShut ? t('cantWindow') : undefined));
  const length = lengthOf(text);
  const limit = limitOf(mode, files.length > 0);
  const gap = isNote ? undefined : missing(text);
  const isEmpty = !text.trim() && (isNote || files.length === 0);
  const cannot = isEmpty || !!gap || !!reason || (isNote && length > limit);

  useEffect(() => {
    const hear = () => {
      const wanted = intent.get();
      if (!wanted) return;
      intent.set(undefined);
      setMode(wanted.mode);
      setEditing(wanted.edit && { entry: wanted.edit, text: wanted.edit.content.text ?? '' });
      if (wanted.replyTo) setDraft(c.id, 'reply', { replyTo: wanted.replyTo });
      if (wanted.text) setDraft(c.id, wanted.mode, { text: wanted.text });
      // At once, or the next letters would be taken for keys of the page; again when the field has its new look.
      field.current?.focus();
      requestAnimationFrame(() => field.current?.focus());
    };
    hear();
    return intent.watch(hear);
  }, [c.id]);

  const leaveEdit = () => setEditing(undefined);
  const submit = (options: SendOptions = {}, isSure = false) => {
    if (cannot) return;
    if (editing) {
      void edit(c, editing.entry, text.trim());
      return leaveEdit();
    }
    if (!isNote && !isSure && othersSince(loaded, draft.begun, me)) return setWarned(options);
    const mentions = isNote ? team.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id) : undefined;
    enqueue({
      conversation: c.id,
      mode,
      text: text.trim(),
      replyTo: isNote ? undefined : draft.replyTo,
      mentions,
      files: isNote ? undefined : asAlbum(takeFiles(c.id)),
      scheduled: options.scheduled,
      isSilent: options.isSilent,
      platform: channel === c.platform ? undefined : channel,
      onSent: options.close ? () => void act([c.id], { do: 'close' }, me) : undefined,
    });
    setDraft(c.id, mode, { text: '', replyTo: undefined });
    setWarned(undefined);
    setShows(false);
    if (options.close) onSentAndClosed();
  };
  const mark = (before: string, after = before) => {
    const el = field.current;
    if (el) wrapped(el, before, after, setText);
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const isMod = event.ctrlKey || event.metaKey;
    const take = (run: () => void) => {
      event.preventDefault();
      run();
    };
    if (event.key === 'Escape') return editing ? take(leaveEdit) : event.currentTarget.blur();
    if (event.key === 'Enter' && isMod && event.shiftKey) return take(() => submit({ close: !isNote }));
    const wantsMod = preferences.get().sendKey === 'mod+enter';
    if (event.key === 'Enter' && !event.shiftKey && isMod === wantsMod) return take(() => submit());
    if (event.key === 'ArrowUp' && !text && !isNote) {
      const last = lastOfMine(loaded, me);
      if (last) take(() => setEditing({ entry: last, text: last.content.text ?? '' }));
    }
    if (!isMod) return;
    const key = event.key.toLowerCase();
    if (key === 'p' && event.shiftKey) return take(() => setShows(!shows));
    if (key === 'b') take(() => mark('**'));
    if (key === 'i') take(() => mark('_'));
    if (key === 'e') take(() => mark('`'));
    if (key === 'u') take(() => mark('[', '](https://)'));
  };

  return (
    <div className="relative border-t border-line bg-surface p-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))] md:px-4 md:py-3">
      <Replying id={c.id} />
      {warned && (
        <Collision
          c={c}
          loaded={loaded}
          begun={draft.begun}
          onSend={() => submit(warned, true)}
          onStay={() => setWarned(undefined)}
        />
      )}
      {window && !isNote && !editing && <WindowBar c={c} window={window} />}
      <div
        className={cx(
          'relative rounded-xl border transition-colors',
          isNote
            ? 'border-note-line bg-note focus-within:border-note-meta'
            : 'border-line-2 bg-surface focus-within:border-accent-text',
        )}
      >
        {editing ? (
          <Bar
            icon={<Pencil size={13} aria-hidden="true" />}
            title={t('editing')}
            text={previewOf(editing.entry).text}
            onLeave={leaveEdit}
          />
        ) : (
          <ModeTabs
            c={c}
            mode={mode}
            onMode={(next) => {
              setMode(next);
              field.current?.focus();
            }}
          />
        )}
        {!editing && !isNote && draft.replyTo && (
          <Answered
            loaded={loaded}
            id={draft.replyTo}
            onLeave={() => setDraft(c.id, 'reply', { replyTo: undefined })}
          />
        )}
        {!isNote && !editing && files.length > 0 && <FileStrip conversation={c.id} files={files} />}
        {shows && (
          <Suspense>
            <Preview text={text} isNote={isNote} />
          </Suspense>
        )}
        <WritingField
          field={field}
          text={text}
          onText={setText}
          onFiles={(given) => addFiles(c.id, given)}
          onKey={onKey}
          mode={mode}
          contact={c.contact}
          disabled={!!reason}
          label={isNote ? t('noteLabel') : t('replyTo', { name: nameOf(c.contact) })}
          placeholder={reason ?? (isNote ? t('writeNote') : files.length ? t('writeCaption') : t('writeReply'))}
        />
        <div className="flex items-center gap-0.5 px-1.5 pb-1.5">
          <Tools
            isNote={isNote}
            disabled={!!reason}
            onFiles={(given) => addFiles(c.id, given)}
            onEmoji={(emoji) => field.current && wrapped(field.current, emoji, '', setText)}
            onCanned={() => {
              setText('/');
              field.current?.focus();
            }}
            onMark={mark}
            isPreviewed={shows}
            onPreview={() => setShows(!shows)}
          />
          <span className="flex-1" />
          {gap && <span className="me-2 text-xs text-bad">{t('fillIn', { what: gap })}</span>}
          <Counter length={length} limit={limit} isNote={isNote} parts={partsOf(text, files.length > 0)} />
          <SendButton isNote={isNote} isEditing={!!editing} disabled={cannot} onSend={submit} />
        </div>
      </div>
      <span className="sr-only" aria-live="polite">
        {isNote ? t('noteMode') : ''}
      </span>
    </div>
  );
}

const COUNT_FROM = 600;
function Counter({ length, limit, isNote, parts }: { length: number; limit: number; isNote: boolean; parts: number }) {
  if (length < limit - COUNT_FROM) return null;
  const isOver = length > limit;
  return (
    <span
      className={cx(
        'me-2 text-xs tabular-nums',
        isOver ? 'font-semibold' : '',
        isOver && isNote ? 'text-bad' : isOver ? 'text-warn' : 'text-fg-3',
      )}
    >
      {isOver && !isNote ? t('asMessages', { n: parts }) : String(limit - length)}
    </span>
  );
}

/** Somebody else is writing right now. */
function Replying({ id }: { id: string }) {
  const others = usePresent(id).filter((one) => one.state === 'replying');
  if (!others.length) return null;
  return (
    <p className="mb-1.5 flex items-center gap-2 px-1 text-xs font-medium text-accent-text" role="status">
      <Dots />
      {t('isReplying', { name: others.map((one) => one.name).join(', ') })}
    </p>
  );
}

type CollisionProps = {
  c: Conversation;
  loaded: Timeline;
  begun: number | undefined;
  onSend: () => void;
  onStay: () => void;
};
function Collision({ loaded, begun, onSend, onStay }: CollisionProps) {
  const other = othersSince(loaded, begun, useMe());
  if (!other) return null;
  return (
    <div
      role="alert"
      className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn"
    >
      <TriangleAlert size={15} aria-hidden="true" />
      <span className="flex-1">
        {t('answeredMeanwhile', { name: other.author.name ?? '', time: relative(other.created_at) })}
      </span>
      <button type="button" className="font-semibold underline" onClick={onSend}>
        {t('sendAnyway')}
      </button>
      <button type="button" className="underline" onClick={onStay}>
        {t('notYet')}
      </button>
    </div>
  );
}

function Answered({ loaded, id, onLeave }: { loaded: Timeline; id: string; onLeave: () => void }) {
  const entry = loaded.entries.find((one) => one.id === id);
  return (
    <Bar
      icon={<CornerUpLeft size={13} aria-hidden="true" />}
      title={t('answering', { name: entry?.author.name ?? '' })}
      text={entry ? previewOf(entry).text : '…'}
      onLeave={onLeave}
    />
  );
}

type BarProps = { icon: React.ReactNode; title: string; text: string; onLeave: () => void };
const Bar = ({ icon, title, text, onLeave }: BarProps) => (
  <div className="mx-2 mt-2 flex items-center gap-2 rounded-md border-s-3 border-accent-text bg-accent-text/10 px-2 py-1 text-sm">
    <span className="text-accent-text">{icon}</span>
    <span className="min-w-0 flex-1">
      <span className="block text-xs font-semibold text-accent-text">{title}</span>
      <span className="block truncate text-fg-2" dir="auto">
        {text}
      </span>
    </span>
    <button type="button" onClick={onLeave} aria-label={t('leaveIt')} className="rounded p-1 text-fg-3 hover:text-fg">
      <X size={14} aria-hidden="true" />
    </button>
  </div>
);
