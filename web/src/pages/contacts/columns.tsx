import { useQuery } from '@tanstack/react-query';
import { Columns3 } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { request } from '../../lib/api';
import { persisted } from '../../lib/store';
import { exact, listTime } from '../../lib/time';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { ChannelMark } from '../../ui/channel-mark';
import { Check } from '../../ui/check';
import { Chip } from '../../ui/chip';
import { Popover } from '../../ui/popover';
import type { Column } from '../../ui/table';
import { Tag } from '../../ui/tag';
import { type Contact, nameOf } from './contacts';
import { SOURCE_NAMES } from './filters';
import { t } from './t';

const TAGS_SHOWN = 2;
const CUSTOM = 'custom.';
/** What is seen until somebody chooses; the name always is. */
const chosen = persisted('contact-columns', [
  'channels',
  'telegram_username',
  'phone',
  'tags',
  'language_code',
  'last_seen_at',
]);

const quiet = (words: ReactNode) => <span className="text-fg-2">{words || <span className="text-fg-3">–</span>}</span>;
const at = (time: string | null | undefined) =>
  quiet(
    time && (
      <time dateTime={time} title={exact(time)}>
        {listTime(time)}
      </time>
    ),
  );
/** A column of plain text. */
const plain = (key: keyof Contact & string, title: string, width: string): Column<Contact> => ({
  key,
  title,
  width,
  wide: true,
  cell: (row) => quiet(row[key] && <bdi dir={key === 'phone' ? 'ltr' : 'auto'}>{row[key] as string}</bdi>),
});

const NAME = (): Column<Contact> => ({
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
});

const OTHERS = (): Column<Contact>[] => [
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
    cell: (row) => quiet(row.telegram_username && <bdi dir="ltr">@{row.telegram_username}</bdi>),
  },
  plain('phone', t('phone'), 'minmax(120px, 1fr)'),
  plain('email', t('email'), 'minmax(140px, 1.2fr)'),
  plain('company_name', t('company'), 'minmax(110px, 1fr)'),
  {
    key: 'tags',
    title: t('labels'),
    width: 'minmax(130px, 1.2fr)',
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
  plain('language_code', t('language'), '84px'),
  {
    key: 'source',
    title: t('source'),
    width: '96px',
    wide: true,
    cell: (row) => quiet(SOURCE_NAMES[row.source as keyof typeof SOURCE_NAMES] ?? row.source),
  },
  {
    key: 'created_at',
    title: t('created'),
    width: '92px',
    wide: true,
    end: true,
    sortable: true,
    cell: (row) => at(row.created_at),
  },
  {
    key: 'last_seen_at',
    title: t('lastSeen'),
    width: '92px',
    end: true,
    sortable: true,
    cell: (row) => at(row.last_seen_at),
  },
];

/** What a person calls it, of an attribute's name. */
const words = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
const custom = (name: string): Column<Contact> => ({
  key: CUSTOM + name,
  title: words(name),
  width: 'minmax(90px, 1fr)',
  wide: true,
  cell: (row) => {
    const value = (row.custom as Record<string, unknown> | undefined)?.[name];
    return quiet(value == null ? '' : String(value));
  },
});

function useAll(): Column<Contact>[] {
  const { data } = useQuery({
    queryKey: ['contacts', 'attributes'],
    queryFn: async ({ signal }) =>
      (await request<{ results: { name: string }[] }>('/contacts/attributes/?page_size=200', { signal })).results,
    staleTime: 5 * 60_000,
    retry: false,
  });
  return useMemo(() => [...OTHERS(), ...(data ?? []).map((one) => custom(one.name))], [data]);
}

/** The columns that were chosen, in their order. */
export function useColumns(): Column<Contact>[] {
  const all = useAll();
  const keys = chosen.use();
  return useMemo(() => [NAME(), ...all.filter((column) => keys.includes(column.key))], [all, keys]);
}

/** Which columns there are, and which are shown. */
export function ColumnPicker() {
  const all = useAll();
  const keys = chosen.use();
  const toggle = (key: string, on: boolean) => chosen.set(on ? [...keys, key] : keys.filter((one) => one !== key));
  return (
    <Popover
      label={t('columns')}
      trigger={
        <Button variant="outline" className="max-md:hidden">
          <Columns3 size={15} aria-hidden="true" />
          {t('columns')}
        </Button>
      }
    >
      <fieldset className="w-52 space-y-2">
        <legend className="sr-only">{t('columns')}</legend>
        {all.map(({ key, title }) => (
          <Check key={key} label={title} checked={keys.includes(key)} onChange={(on) => toggle(key, on)} />
        ))}
      </fieldset>
    </Popover>
  );
}
