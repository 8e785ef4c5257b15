import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Download, Ellipsis, FileUp, Plus, Users } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../lib/api';
import { useFresh } from '../../lib/fresh';
import { useHotkeys } from '../../lib/hotkeys';
import { strip, useListing } from '../../lib/listing';
import { useFilters } from '../../lib/search';
import { useIsAtLeast } from '../../lib/session';
import { stepped } from '../../lib/steps';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Loaded } from '../../ui/loaded';
import { Menu, MenuItem } from '../../ui/menu';
import { Page } from '../../ui/page';
import { SearchField } from '../../ui/search-field';
import { Empty, Skeleton } from '../../ui/states';
import { Table } from '../../ui/table';
import { Bulk } from './bulk';
import { ColumnPicker, useColumns } from './columns';
import { type Contact, segmentsQuery } from './contacts';
import { Filters, filterOf, useActiveFilters } from './filters';
import { JobStrip } from './job-strip';
import { MergeDialog } from './merge';
import { NewContact } from './new-contact';
import { Panel } from './panel';
import { SegmentBar } from './segment-bar';
import { useSelection } from './selection';
import { t } from './t';

export default function ContactsPage() {
  const [search, setFilter] = useFilters();
  const { q = '', seg = '', sort = '-created_at', open = '' } = search;
  const navigate = useNavigate();
  const manages = useIsAtLeast('MANAGER');
  const [dialog, setDialog] = useState<'new' | 'merge'>();
  const [current, setCurrent] = useState<string>();
  const filter = filterOf(search);
  const { rows, query, more } = useListing<Contact>(['contacts', 'list', filter, sort], ({ cursor, signal }) =>
    api.GET('/contacts/', {
      params: { query: strip({ cursor, ordering: sort, page_size: 100, ...filter }) as never },
      signal,
    }),
  );
  useFresh('contact_changed', ['contacts', 'list']);
  const selection = useSelection(filter, rows.length, query.hasNextPage);
  const { selected, choose } = selection;
  const segments = useQuery(segmentsQuery);
  const active = useActiveFilters();
  const pick = (id: string) => setFilter({ open: id });
  const step = (by: number) => {
    const next = stepped(rows, open || current, by);
    if (!next) return;
    setCurrent(next.id);
    if (open) pick(next.id);
  };
  const toggle = (id: string | undefined) => {
    if (!id) return;
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: () => current && pick(current),
    x: () => toggle(open || current),
    ...(manages && { n: () => setDialog('new') }),
    ...(manages && selected.size === 2 && { m: () => setDialog('merge') }),
  });
  useOffer('contacts', {
    commands: manages
      ? [
          {
            id: 'new-contact',
            group: t('title'),
            label: t('create'),
            keys: 'N',
            icon: Plus,
            run: () => setDialog('new'),
          },
          {
            id: 'import',
            group: t('title'),
            label: t('importCsv'),
            icon: FileUp,
            run: () => void navigate({ to: '/contacts/import' }),
          },
        ]
      : [],
    shortcuts: [
      {
        group: t('title'),
        rows: [
          ['J K', t('keysMove')],
          ['Enter', t('keysOpen')],
          ['X', t('keysSelect')],
          ['N', t('keysNew')],
          ['M', t('keysMerge')],
        ],
      },
    ],
  });
  const shown = useColumns();
  const chosen = rows.filter((row) => selected.has(row.id));
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1">
        <Page
          title={t('title')}
          actions={
            <>
              <SearchField
                value={q}
                onChange={(text) => setFilter({ q: text })}
                label={t('search')}
                className="w-60 max-md:w-full"
              />
              <Filters />
              <ColumnPicker />
              <MoreMenu filter={filter} manages={manages} />
              {manages && (
                <Button variant="primary" className="max-md:ms-auto" onClick={() => setDialog('new')}>
                  <Plus size={15} aria-hidden="true" />
                  {t('create')}
                </Button>
              )}
            </>
          }
        >
          <div className="flex h-full min-h-0 flex-col">
            <SegmentBar
              segments={segments.data ?? []}
              value={seg}
              onChange={(id) => setFilter({ seg: id })}
              manages={manages && !segments.isError}
            />
            {active}
            <JobStrip />
            {selected.size > 0 && (
              <Bulk
                target={selection.target}
                n={selection.n}
                all={selection.all}
                manages={manages}
                onMerge={() => setDialog('merge')}
                onDone={selection.clear}
              />
            )}
            <div className="min-h-0 flex-1">
              <Loaded query={query} rows={rows} skeleton={<Skeleton rows={12} />}>
                <Table
                  label={t('list')}
                  columns={shown}
                  rows={rows}
                  id={(row) => row.id}
                  sort={sort}
                  onSort={(ordering) => setFilter({ sort: ordering })}
                  selected={selected}
                  onSelect={choose}
                  onOpen={(row) => {
                    setCurrent(row.id);
                    pick(row.id);
                  }}
                  current={open || current}
                  onEnd={more}
                  empty={<NoRows manages={manages} filtered={Object.keys(filter).length > 0} />}
                />
              </Loaded>
            </div>
          </div>
        </Page>
      </div>
      {open && <Panel key={open} id={open} onClose={() => setFilter({ open: '' })} />}
      {dialog === 'new' && <NewContact onClose={() => setDialog(undefined)} />}
      {dialog === 'merge' && chosen[0] && chosen[1] && (
        <MergeDialog pair={[chosen[0], chosen[1]]} onClose={() => setDialog(undefined)} onDone={selection.clear} />
      )}
    </div>
  );
}

function MoreMenu({ filter, manages }: { filter: object; manages: boolean }) {
  const navigate = useNavigate();
  const wanted = new URLSearchParams(filter as Record<string, string>).toString();
  if (!manages) return null;
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t('more')}>
          <Ellipsis size={17} aria-hidden="true" />
        </Button>
      }
    >
      <MenuItem icon={<FileUp size={15} />} onSelect={() => void navigate({ to: '/contacts/import' })}>
        {t('importCsv')}
      </MenuItem>
      <MenuItem icon={<Download size={15} />} onSelect={() => location.assign(`/contacts/export/?${wanted}`)}>
        {t('exportCsv')}
      </MenuItem>
    </Menu>
  );
}

const NoRows = ({ manages, filtered }: { manages: boolean; filtered: boolean }) =>
  filtered ? (
    <Empty title={t('noHit')} />
  ) : (
    <Empty
      icon={<Users size={34} strokeWidth={1.4} />}
      title={t('empty')}
      action={
        manages && (
          <Link to="/contacts/import" className="text-sm font-medium text-accent-text underline">
            {t('importCsv')}
          </Link>
        )
      }
    />
  );
