import { AlarmClock, Check, Copy, ExternalLink, Mail, MailQuestionMark, RotateCcw, Tag, UserRound } from 'lucide-react';
import type { Conversation } from '../../lib/inbox';
import { MenuSep } from '../../ui/menu';
import MenuPopup, { MenuItem } from '../../ui/menu-popup';
import { act } from '../data/actions';
import { pick } from '../picking';
import { t } from '../t';
import { useMe } from '../use-me';
import type { RowAim } from './row-menu';

export default function RowMenuItems({ aim, onClose }: { aim: RowAim; onClose: () => void }) {
  const close = (open: boolean) => !open && onClose();
  return (
    <MenuPopup open onOpenChange={close} anchor={aim.anchor} align="start" finalFocus={aim.row.querySelector('a')}>
      <Items one={aim.one} />
    </MenuPopup>
  );
}

function Items({ one }: { one: Conversation }) {
  const me = useMe();
  const ids = [one.id];
  const path = `${import.meta.env.BASE_URL}inbox/${one.id}`;
  return (
    <>
      <MenuItem icon={<ExternalLink size={15} />} onSelect={() => window.open(path, '_blank')}>
        {t('openInTab')}
      </MenuItem>
      <MenuItem icon={<Copy size={15} />} onSelect={() => navigator.clipboard.writeText(location.origin + path)}>
        {t('copyLink')}
      </MenuItem>
      <MenuSep />
      <MenuItem icon={<UserRound size={15} />} hint="A" onSelect={() => pick('assign', ids)}>
        {t('assignTo')}
      </MenuItem>
      <MenuItem icon={<Tag size={15} />} hint="L" onSelect={() => pick('labels', ids)}>
        {t('labels')}
      </MenuItem>
      <MenuItem icon={<AlarmClock size={15} />} hint="S" onSelect={() => pick('snooze', ids)}>
        {t('snooze')}
      </MenuItem>
      {one.unread_count > 0 ? (
        <MenuItem icon={<Mail size={15} />} onSelect={() => void act(ids, { do: 'read' }, me)}>
          {t('markRead')}
        </MenuItem>
      ) : (
        <MenuItem icon={<MailQuestionMark size={15} />} hint="U" onSelect={() => void act(ids, { do: 'unread' }, me)}>
          {t('markUnread')}
        </MenuItem>
      )}
      <MenuSep />
      {one.status === 'CLOSED' ? (
        <MenuItem icon={<RotateCcw size={15} />} hint="E" onSelect={() => void act(ids, { do: 'reopen' }, me)}>
          {t('reopen')}
        </MenuItem>
      ) : (
        <MenuItem icon={<Check size={15} />} hint="E" onSelect={() => void act(ids, { do: 'close' }, me)}>
          {t('close')}
        </MenuItem>
      )}
    </>
  );
}
