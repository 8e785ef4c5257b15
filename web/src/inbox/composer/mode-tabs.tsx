import { ChevronDown, CornerUpLeft, Lock } from 'lucide-react';
import { cx } from '../../lib/cx';
import { type Conversation, nameOf } from '../../lib/inbox';
import { Button } from '../../ui/button';
import { ChannelMark, channelName } from '../../ui/channel-mark';
import { Kbd } from '../../ui/kbd';
import { Menu, MenuItem } from '../../ui/menu';
import { chooseChannel, useChannel, useSenderName } from '../data/channel';
import type { Mode } from '../data/drafts';
import { t } from '../t';

const MODES = [
  ['reply', 'reply', CornerUpLeft, 'R'],
  ['note', 'note', Lock, 'N'],
] as const;

/** Reply or note, and to whom it goes. */
export function ModeTabs({ c, mode, onMode }: { c: Conversation; mode: Mode; onMode: (mode: Mode) => void }) {
  const { channel, others } = useChannel(c);
  const sender = useSenderName(c, channel);
  const isNote = mode === 'note';
  const to = t('toVia', { name: nameOf(c.contact), bot: sender ?? channelName(channel) });
  return (
    <div className="flex items-center gap-1 px-2 pt-1.5">
      <div role="tablist" aria-label={t('kindOfMessage')} className="flex gap-1">
        {MODES.map(([key, label, Icon, letter]) => (
          <button
            key={key}
            type="button"
            role="tab"
            aria-selected={mode === key}
            onClick={() => onMode(key)}
            className={cx(
              'inline-flex h-7 items-center gap-1.5 rounded-md px-2 text-xs font-semibold max-md:h-9',
              mode === key
                ? isNote
                  ? 'bg-note-line/60 text-note-fg'
                  : 'bg-accent-soft text-accent-text'
                : isNote
                  ? 'text-note-meta'
                  : 'text-fg-3 hover:bg-sunken',
            )}
          >
            <Icon size={13} aria-hidden="true" />
            {t(label)}
            <Kbd className="ms-0.5 border-current/25 bg-transparent text-current max-md:hidden">{letter}</Kbd>
          </button>
        ))}
      </div>
      <span className="flex-1" />
      {!isNote && others.length > 0 ? (
        <Menu
          side="top"
          align="end"
          trigger={
            <Button variant="ghost" size="sm">
              <span className="sr-only">{t('channelOf', { name: channelName(channel) })}</span>
              <ChannelMark platform={channel} className="size-3.5" />
              <span className="max-w-60 truncate text-xs font-normal text-fg-3 max-md:hidden" dir="auto">
                {to}
              </span>
              <ChevronDown size={13} aria-hidden="true" />
            </Button>
          }
        >
          {[channel, ...others].map((one) => (
            <MenuItem
              key={one}
              icon={<ChannelMark platform={one} className="size-4" />}
              checked={one === channel}
              onSelect={() => chooseChannel(c.id, one)}
            >
              {channelName(one)}
            </MenuItem>
          ))}
        </Menu>
      ) : (
        <span
          className={cx('truncate pe-1.5 text-xs max-md:hidden', isNote ? 'text-note-meta' : 'text-fg-3')}
          dir="auto"
        >
          {isNote ? t('onlyTeam') : to}
        </span>
      )}
    </div>
  );
}
