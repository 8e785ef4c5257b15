import { Link } from '@tanstack/react-router';
import {
  AlarmClock,
  Check,
  ChevronDown,
  ChevronLeft,
  Copy,
  EllipsisVertical,
  FileDown,
  MailQuestionMark,
  Merge,
  PanelRight,
  RotateCcw,
  Tag,
  UserRound,
} from 'lucide-react';
import { lazy, type ReactElement, Suspense } from 'react';
import { type Conversation, titleOf } from '../../lib/inbox';
import { useIsPhone } from '../../lib/screen';
import { panes } from '../../lib/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { ChannelMark } from '../../ui/channel-mark';
import { Menu, MenuItem, MenuSep } from '../../ui/menu';
import { Popover } from '../../ui/popover';
import { Tip } from '../../ui/tip';
import { act } from '../data/actions';
import { useSenderName } from '../data/channel';
import { usePresent } from '../data/presence';
import { useMember } from '../data/team';
import { pick, picking } from '../picking';
import { t } from '../t';
import { useMe } from '../use-me';

const AssignPick = lazy(() => import('../pickers').then((file) => ({ default: file.AssignPick })));
const SnoozePick = lazy(() => import('../pickers').then((file) => ({ default: file.SnoozePick })));

export function Header({ c, onDetails }: { c: Conversation; onDetails: () => void }) {
  const me = useMe();
  const sender = useSenderName(c);
  const name = titleOf(c);
  const { details } = panes.use();
  const isClosed = c.status === 'CLOSED';
  const toggle = () => void act([c.id], { do: isClosed ? 'reopen' : 'close' }, me);
  const username = c.platform === 'TELEGRAM' && c.contact.telegram_username;
  const handle = username ? `@${username}` : c.contact.phone;
  return (
    <header className="flex h-14 shrink-0 items-center gap-2.5 border-b border-line bg-surface px-2 md:px-4">
      <Link
        to="/inbox"
        search={((before: Record<string, string>) => ({ ...before, at: undefined })) as never}
        aria-label={t('backToList')}
        className="-me-1 flex size-11 items-center justify-center rounded-lg text-fg-2 md:hidden"
      >
        <ChevronLeft size={22} className="rtl:rotate-180" />
      </Link>
      <button
        type="button"
        onClick={onDetails}
        title={t('detailsOf', { name })}
        data-details=""
        className="flex min-w-0 flex-1 items-center gap-2.5 rounded-lg text-start"
      >
        <Avatar name={name} id={c.contact.id} size={36} />
        <span className="min-w-0">
          <span className="block truncate font-semibold tracking-[-0.005em]" dir="auto">
            {name}
          </span>
          <span className="flex items-center gap-1.5 truncate text-xs text-fg-3">
            <ChannelMark platform={c.platform} className="size-3.5 shrink-0" />
            <span className="truncate">
              <bdi dir="ltr">{handle}</bdi>
              {sender && (
                <span className="max-lg:hidden">
                  {' · '}
                  <bdi dir="ltr">{sender}</bdi>
                </span>
              )}
            </span>
          </span>
        </span>
      </button>
      <Viewers id={c.id} />
      <Assign c={c} />
      <Pick kind="snooze" c={c} label={t('snooze')}>
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('snooze')}
          title={`${t('snooze')} · S`}
          className="max-md:hidden"
        >
          <AlarmClock size={17} />
        </Button>
      </Pick>
      <Tip label={isClosed ? t('reopenConversation') : t('closeConversation')} keys={['E']}>
        <Button
          variant="outline"
          className="max-md:h-11 max-md:border-transparent"
          aria-label={isClosed ? t('reopenConversation') : t('closeConversation')}
          data-close=""
          onClick={toggle}
        >
          {isClosed ? <RotateCcw size={16} /> : <Check size={17} className="text-ok" />}
          <span className="max-md:hidden @max-2xl:hidden">{isClosed ? t('reopen') : t('close')}</span>
        </Button>
      </Tip>
      <More c={c} onDetails={onDetails} />
      <Tip label={t('details')} keys={[']']}>
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('details')}
          aria-pressed={details}
          onClick={onDetails}
          className="aria-pressed:bg-sunken aria-pressed:text-fg max-md:hidden"
        >
          <PanelRight size={17} className="rtl:rotate-180" />
        </Button>
      </Tip>
    </header>
  );
}

function Viewers({ id }: { id: string }) {
  const present = usePresent(id);
  if (!present.length) return null;
  const names = present.map((one) => one.name).join(', ');
  const isReplying = present.some((one) => one.state === 'replying');
  return (
    <span
      title={t(isReplying ? 'isReplying' : 'isViewing', { name: names })}
      className="me-1 flex shrink-0 items-center gap-1.5 rounded-full bg-sunken py-0.5 ps-0.5 pe-2.5 text-xs text-fg-2 max-sm:hidden"
    >
      <span className="flex -space-x-2">
        {present.slice(0, 3).map((one) => (
          <Avatar key={one.user} name={one.name} id={one.user} size={22} />
        ))}
      </span>
      <span className="sr-only">{names}</span> {isReplying ? t('replying') : t('viewing')}
    </span>
  );
}

type PickProps = { kind: 'assign' | 'snooze'; c: Conversation; label: string; children: ReactElement };
function Pick({ kind, c, label, children }: PickProps) {
  const open = picking.use();
  // On a phone the buttons are not there, and the dialog shows the form.
  const isPhone = useIsPhone();
  const isOpen = !isPhone && open?.kind === kind && open.ids.length === 1 && open.ids[0] === c.id;
  const close = () => picking.set(undefined);
  const Form = kind === 'assign' ? AssignPick : SnoozePick;
  return (
    <Popover
      label={label}
      open={isOpen}
      onOpenChange={(next) => (next ? pick(kind, [c.id]) : close())}
      trigger={children}
    >
      <Suspense fallback={<div className="h-60 w-64" />}>
        <Form ids={[c.id]} onDone={close} />
      </Suspense>
    </Popover>
  );
}

function Assign({ c }: { c: Conversation }) {
  const member = useMember(c.assignee);
  return (
    <Pick kind="assign" c={c} label={t('assignTo')}>
      <Button
        variant="outline"
        className="max-md:hidden"
        aria-label={member ? t('assigneeIs', { name: member.name || t('somebody') }) : t('assignNobody')}
        title={`${t('assignTo')} · A`}
      >
        {member ? <Avatar name={member.name || '·'} id={member.id} size={18} /> : <UserRound size={15} />}
        <span className="@max-xl:hidden">{member?.name.split(' ')[0] ?? t('assign')}</span>
        <ChevronDown size={14} className="text-fg-3" />
      </Button>
    </Pick>
  );
}

function More({ c, onDetails }: { c: Conversation; onDetails: () => void }) {
  const me = useMe();
  const link = `${location.origin}${import.meta.env.BASE_URL}inbox/${c.id}`;
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t('moreActions')} className="max-md:size-11">
          <EllipsisVertical size={17} />
        </Button>
      }
    >
      <div className="md:hidden">
        <MenuItem icon={<UserRound size={15} />} onSelect={() => pick('assign', [c.id])}>
          {t('assignTo')}
        </MenuItem>
        <MenuItem icon={<AlarmClock size={15} />} onSelect={() => pick('snooze', [c.id])}>
          {t('snooze')}
        </MenuItem>
        <MenuItem icon={<PanelRight size={15} />} onSelect={onDetails}>
          {t('details')}
        </MenuItem>
        <MenuSep />
      </div>
      <MenuItem icon={<Tag size={15} />} hint="L" onSelect={() => pick('labels', [c.id])}>
        {t('labels')}
      </MenuItem>
      <MenuItem icon={<MailQuestionMark size={15} />} hint="U" onSelect={() => void act([c.id], { do: 'unread' }, me)}>
        {t('markUnread')}
      </MenuItem>
      <MenuItem icon={<Copy size={15} />} onSelect={() => navigator.clipboard.writeText(link)}>
        {t('copyLink')}
      </MenuItem>
      <MenuSep />
      <MenuItem
        icon={<FileDown size={15} />}
        onSelect={() => window.open(`/team-inbox/api/export-pdf/?contact_id=${c.contact.id}`, '_blank')}
      >
        {t('exportPdf')}
      </MenuItem>
      <MenuItem
        icon={<Merge size={15} />}
        onSelect={() => location.assign(`${import.meta.env.BASE_URL}contacts/${c.contact.id}?merge=1`)}
      >
        {t('merge')}
      </MenuItem>
    </Menu>
  );
}
