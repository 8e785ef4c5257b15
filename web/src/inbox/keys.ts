import {
  AlarmClock,
  Check,
  MailQuestionMark,
  NotebookPen,
  Reply,
  Search,
  Tag,
  UserRound,
  UserRoundCheck,
} from 'lucide-react';
import { useEffect } from 'react';
import { useHotkeys } from '../lib/hotkeys';
import type { Conversation } from '../lib/inbox';
import { useFilters } from '../lib/search';
import { useSession } from '../lib/session';
import { panes } from '../lib/store';
import { useOffer } from '../shell/commands';
import { composeWith } from './composer/intent';
import { act } from './data/actions';
import { knownConversation } from './data/lists';
import { chosen } from './list/selection';
import { pick, picking } from './picking';
import { t } from './t';
import { keptUnread } from './thread/unread';

type Given = {
  c: Conversation | undefined;
  order: string[];
  step: (by: number) => void;
  go: (id: string | undefined) => void;
};

/** The inbox by keyboard: on the ticked rows when there are some, else on the open conversation. */
export function useKeys({ c, order, step, go }: Given) {
  const { user } = useSession();
  const [, setSearch] = useFilters();
  const me = user.id;
  const ids = () => {
    const ticked = chosen.get();
    return ticked.size ? [...ticked] : c ? [c.id] : [];
  };
  const toggleClosed = () => {
    const all = ids();
    const isClosed = all.every((id) => knownConversation(id)?.status === 'CLOSED');
    void act(all, { do: isClosed ? 'reopen' : 'close' }, me);
    chosen.clear();
  };
  const toMe = () => void act(ids(), { do: 'assign', to: me, name: user.name }, me);
  const unread = () => {
    for (const id of ids()) keptUnread.add(id);
    void act(ids(), { do: 'unread' }, me);
  };
  const extend = (by: number) => {
    const at = c ? order.indexOf(c.id) : -1;
    const next = order[at + by];
    if (c && !chosen.get().has(c.id)) chosen.toggle(c.id);
    if (!next) return;
    chosen.toggle(next, order);
    go(next);
  };
  const search = () => document.getElementById('search')?.focus();
  const view = (name: string) => () => setSearch({ view: name, q: '' });
  const leave = () => {
    if (picking.get()) return picking.set(undefined);
    if (chosen.get().size) return chosen.clear();
    (document.activeElement as HTMLElement | null)?.blur();
  };
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    'shift+j': () => extend(1),
    'shift+k': () => extend(-1),
    x: () => c && chosen.toggle(c.id),
    r: () => c && composeWith({ mode: 'reply' }),
    n: () => c && composeWith({ mode: 'note' }),
    e: toggleClosed,
    a: () => pick('assign', ids()),
    i: toMe,
    'shift+a': () => void act(ids(), { do: 'assign', to: null, name: '' }, me),
    l: () => pick('labels', ids()),
    s: () => pick('snooze', ids()),
    u: unread,
    f: () => picking.set({ kind: 'filter', ids: [] }),
    '/': search,
    ']': () => panes.set((before) => ({ ...before, details: !before.details })),
    '1': view('mine'),
    '2': view('unassigned'),
    '3': view(''),
    Escape: leave,
  });
  useEffect(() => {
    const hear = (event: Event) => {
      const { ids, what } = (event as CustomEvent<{ ids: string[]; what: 'close' | 'snooze' }>).detail;
      if (what === 'snooze') pick('snooze', ids);
      else void act(ids, { do: 'close' }, me);
    };
    window.addEventListener('conversation-act', hear);
    return () => window.removeEventListener('conversation-act', hear);
  }, [me]);
  const group = t('conversation');
  const isClosed = c?.status === 'CLOSED';
  const own = c
    ? [
        {
          id: 'reply',
          group,
          label: t('writeReplyDo'),
          icon: Reply,
          keys: 'R',
          run: () => composeWith({ mode: 'reply' }),
        },
        {
          id: 'note',
          group,
          label: t('writeNoteDo'),
          icon: NotebookPen,
          keys: 'N',
          run: () => composeWith({ mode: 'note' }),
        },
        {
          id: 'close',
          group,
          label: isClosed ? t('reopenConversation') : t('closeConversation'),
          icon: Check,
          keys: 'E',
          run: toggleClosed,
        },
        { id: 'assign', group, label: t('assignTo'), icon: UserRound, keys: 'A', run: () => pick('assign', ids()) },
        { id: 'mine', group, label: t('assignToMe'), icon: UserRoundCheck, keys: 'I', run: toMe },
        { id: 'labels', group, label: t('labels'), icon: Tag, keys: 'L', run: () => pick('labels', ids()) },
        { id: 'snooze', group, label: t('snooze'), icon: AlarmClock, keys: 'S', run: () => pick('snooze', ids()) },
        { id: 'unread', group, label: t('markUnread'), icon: MailQuestionMark, keys: 'U', run: unread },
      ]
    : [];
  useOffer('inbox', {
    commands: [
      ...own,
      { id: 'search', group: t('inbox'), label: t('searchHint'), icon: Search, keys: '/', run: search },
    ],
    shortcuts: [
      {
        group: t('inbox'),
        rows: [
          ['J', t('next')],
          ['K', t('previous')],
          ['X', t('select')],
          ['⇧ J', t('extend')],
          ['/', t('searchHint')],
          ['F', t('filters')],
          ['1', t('mine')],
          ['2', t('unassignedTab')],
          ['3', t('all')],
        ],
      },
      {
        group,
        rows: [
          ['R', t('writeReplyDo')],
          ['N', t('writeNoteDo')],
          ['E', t('closeOrReopen')],
          ['A', t('assignTo')],
          ['I', t('assignToMe')],
          ['⇧ A', t('unassign')],
          ['L', t('labels')],
          ['S', t('snooze')],
          ['U', t('markUnread')],
          [']', t('details')],
        ],
      },
      {
        group: t('writing'),
        rows: [
          ['↵', t('send')],
          ['⇧ ↵', t('newLine')],
          ['Ctrl ⇧ ↵', t('sendAndClose')],
          ['↑', t('editLast')],
          ['/', t('savedReplies')],
          ['@', t('mention')],
          [':', t('emoji')],
          ['Ctrl B', t('bold')],
          ['Ctrl I', t('italic')],
          ['Ctrl E', t('code')],
          ['Ctrl U', t('link')],
          ['Ctrl ⇧ P', t('preview')],
        ],
      },
    ],
  });
}
