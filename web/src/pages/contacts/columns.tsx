import { exact, listTime } from '../../lib/time';
import { Avatar } from '../../ui/avatar';
import { ChannelMark } from '../../ui/channel-mark';
import { Chip } from '../../ui/chip';
import type { Column } from '../../ui/table';
import { Tag } from '../../ui/tag';
import { type Contact, nameOf } from './contacts';
import { t } from './t';

const TAGS_SHOWN = 2;

export const columns = (): Column<Contact>[] => [
  {
    key: 'name',
    title: t('name'),
    width: 'minmax(180px, 1.6fr)',
    cell: (row) => (
      <span className="flex items-center gap-2.5">
        <Avatar name={nameOf(row)} id={row.id} size={26} />
        <span className="truncate font-medium" dir="auto">
          {nameOf(row)}
        </span>
        {row.do_not_contact && <Chip tone="warn">{t('optedOut')}</Chip>}
      </span>
    ),
  },
  {
    key: 'channels',
    title: t('channels'),
    width: '84px',
    wide: true,
    cell: (row) => (
      <span className="flex gap-1">
        {[...new Set(row.identities.map((one) => one.platform))].map((platform) => (
          <ChannelMark key={platform} platform={platform} named className="size-4" />
        ))}
      </span>
    ),
  },
  {
    key: 'telegram_username',
    title: t('username'),
    width: 'minmax(110px, 1fr)',
    wide: true,
    cell: (row) => (
      <span className="text-fg-2">{row.telegram_username ? `@${row.telegram_username}` : (row.phone ?? '')}</span>
    ),
  },
  {
    key: 'tags',
    title: t('labels'),
    width: 'minmax(120px, 1.2fr)',
    wide: true,
    cell: (row) => (
      <span className="flex items-center gap-1">
        {row.tags.slice(0, TAGS_SHOWN).map((tag) => (
          <Tag key={tag} name={tag} />
        ))}
        {row.tags.length > TAGS_SHOWN && (
          <span className="text-2xs text-fg-3" title={row.tags.join(', ')}>
            +{row.tags.length - TAGS_SHOWN}
          </span>
        )}
      </span>
    ),
  },
  {
    key: 'language_code',
    title: t('language'),
    width: '76px',
    wide: true,
    cell: (row) => <span className="text-fg-2">{row.language_code ?? t('never')}</span>,
  },
  {
    key: 'last_seen_at',
    title: t('lastSeen'),
    width: '84px',
    end: true,
    sortable: true,
    cell: (row) =>
      row.last_seen_at ? (
        <time dateTime={row.last_seen_at} title={exact(row.last_seen_at)} className="text-fg-2">
          {listTime(row.last_seen_at)}
        </time>
      ) : (
        <span className="text-fg-3">{t('never')}</span>
      ),
  },
];
