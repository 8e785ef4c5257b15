import { Copy, CornerUpLeft, Link2, NotebookPen, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, body } from '../../lib/api';
import type { Conversation, Entry } from '../../lib/inbox';
import { Problem } from '../../lib/problem';
import { ms } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Confirm } from '../../ui/confirm';
import { MenuSep } from '../../ui/menu';
import MenuPopup, { MenuItem } from '../../ui/menu-popup';
import { composeWith } from '../composer/intent';
import { setDraft } from '../data/drafts';
import { change } from '../data/timeline';
import { previewOf } from '../list/preview';
import { t } from '../t';
import { useMe } from '../use-me';

export type Aim = { entry: Entry; anchor: Element };
const DELETE_MS_MAX = 48 * 3_600_000;
const REACTIONS = ['👍', '❤️', '🔥', '🎉', '😁', '😢', '🙏'];

/** What can be done with one message; one menu for all of them. */
export default function MessageMenu({
  aim,
  c,
  onClose,
}: {
  aim: Aim | undefined;
  c: Conversation;
  onClose: () => void;
}) {
  const [doomed, setDoomed] = useState<Entry>();
  return (
    <>
      <MenuPopup
        open={!!aim}
        onOpenChange={(open) => !open && onClose()}
        anchor={aim?.anchor ?? null}
        align="start"
        finalFocus={aim?.anchor as HTMLElement | undefined}
      >
        {aim && <Items m={aim.entry} c={c} onDelete={() => setDoomed(aim.entry)} />}
      </MenuPopup>
      <Confirm
        open={!!doomed}
        onClose={() => setDoomed(undefined)}
        title={t('deleteForBoth')}
        about={t('deleteAbout')}
        action={t('delete')}
        danger
        onConfirm={() => doomed && remove(doomed, c)}
      />
    </>
  );
}

function Items({ m, c, onDelete }: { m: Entry; c: Conversation; onDelete: () => void }) {
  const me = useMe();
  const isMessage = m.kind === 'message' && !m.deleted_at;
  const isSent = m.status === 'SENT';
  // WhatsApp takes nothing back.
  const isOwn =
    isMessage && m.direction === 'OUTGOING' && isSent && m.author.type !== 'BROADCAST' && m.platform !== 'WHATSAPP';
  const isMine = isOwn && m.author.id === me;
  const link = `${location.origin}${import.meta.env.BASE_URL}inbox/${c.id}?at=${m.id}`;
  const isOld = Date.now() - ms(m.created_at) > DELETE_MS_MAX;
  return (
    <>
      {isMessage && m.direction === 'INCOMING' && (
        <div className="flex justify-between px-1 pb-1">
          {REACTIONS.map((emoji) => (
            <MenuItem
              key={emoji}
              onSelect={() => void react(m, c, emoji)}
              label={t('reactWith', { emoji })}
              className="flex size-8 items-center justify-center rounded-lg text-lg data-highlighted:bg-sunken"
            >
              {emoji}
            </MenuItem>
          ))}
        </div>
      )}
      {isMessage && (
        <MenuItem
          icon={<CornerUpLeft size={15} />}
          hint="Q"
          onSelect={() => composeWith({ mode: 'reply', replyTo: m.id })}
        >
          {t('answer')}
        </MenuItem>
      )}
      {m.content.text && (
        <MenuItem
          icon={<Copy size={15} />}
          hint="C"
          onSelect={() => navigator.clipboard.writeText(m.content.text ?? '')}
        >
          {t('copyText')}
        </MenuItem>
      )}
      <MenuItem icon={<Link2 size={15} />} onSelect={() => navigator.clipboard.writeText(link)}>
        {t('copyLink')}
      </MenuItem>
      <MenuItem
        icon={<NotebookPen size={15} />}
        onSelect={() => {
          setDraft(c.id, 'note', { text: `“${previewOf(m).text.slice(0, 120)}”\n` });
          composeWith({ mode: 'note' });
        }}
      >
        {t('noteAbout')}
      </MenuItem>
      {isOwn && (
        <>
          <MenuSep />
          {m.content.text && (
            <MenuItem
              icon={<Pencil size={15} />}
              hint={isMine ? '↑' : undefined}
              onSelect={() => composeWith({ mode: 'reply', edit: m })}
            >
              {t('edit')}
            </MenuItem>
          )}
          <MenuItem
            icon={<Trash2 size={15} />}
            hint={isOld ? t('over48h') : undefined}
            disabled={isOld}
            onSelect={onDelete}
          >
            {t('deleteForBoth')}
          </MenuItem>
        </>
      )}
    </>
  );
}

async function remove(m: Entry, c: Conversation) {
  await api.DELETE('/team-inbox/api/messages/{id}/', { params: { path: { id: m.id } } });
  change(c.id, m.id, (before) => ({ ...before, deleted_at: new Date().toISOString() }));
}

async function react(m: Entry, c: Conversation, emoji: string) {
  try {
    const entry = await body(
      api.POST('/team-inbox/api/messages/{id}/react/', { params: { path: { id: m.id } }, body: { emoji } }),
    );
    if (entry?.id === m.id) change(c.id, m.id, () => entry);
  } catch (error) {
    toast(Problem.of(error).message, { kind: 'failed' });
  }
}
