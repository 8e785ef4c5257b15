import { useQuery } from '@tanstack/react-query';
import type { ListFilter } from '../../lib/inbox';
import { useFilters } from '../../lib/search';
import { lasting } from '../../lib/time';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import { labelsQuery } from '../data/labels';
import { botsQuery } from '../data/team';
import { t } from '../t';
import { NO_FILTERS } from './filter';
import { Views } from './views';

const WAITS = [10, 30, 60, 240, 1440];

export default function FilterForm({ filter }: { filter: ListFilter }) {
  const [, setSearch] = useFilters();
  const bots = useQuery(botsQuery).data ?? [];
  const labels = useQuery(labelsQuery).data ?? [];
  const statuses = [
    { value: 'OPEN', label: t('open') },
    { value: 'SNOOZED', label: t('snoozed') },
    { value: 'CLOSED', label: t('closed') },
    { value: 'ANY', label: t('anyStatus') },
  ];
  const any = { value: '', label: t('any') };
  return (
    <div className="w-64 space-y-3">
      <Field label={t('status')}>
        <Select
          className="w-full"
          value={filter.status}
          options={statuses}
          onChange={(status) => setSearch({ status: status === 'OPEN' ? '' : status.toLowerCase() })}
        />
      </Field>
      <Field label={t('bot')}>
        <Select
          className="w-full"
          value={filter.bot ?? ''}
          options={[any, ...bots.map((bot) => ({ value: bot.id, label: `@${bot.bot_username}` }))]}
          onChange={(bot) => setSearch({ bot })}
        />
      </Field>
      <Field label={t('label')}>
        <Select
          className="w-full"
          value={filter.label ?? ''}
          options={[any, ...labels.map((name) => ({ value: name, label: name }))]}
          onChange={(label) => setSearch({ label })}
        />
      </Field>
      <Field label={t('waitingAtLeast')}>
        <Select
          className="w-full"
          value={String(filter.waiting ?? '')}
          options={[any, ...WAITS.map((minutes) => ({ value: String(minutes), label: lasting(minutes * 60_000) }))]}
          onChange={(waiting) => setSearch({ waiting })}
        />
      </Field>
      <Field label={t('sort')}>
        <Select
          className="w-full"
          value={filter.sort ?? ''}
          options={[
            { value: '', label: t('newestFirst') },
            { value: 'waiting', label: t('longestWaiting') },
          ]}
          onChange={(sort) => setSearch({ sort })}
        />
      </Field>
      <div className="flex items-center justify-between text-sm font-medium">
        {t('onlyUnread')}
        <Switch
          label={t('onlyUnread')}
          checked={!!filter.unread}
          onChange={(on) => setSearch({ unread: on ? '1' : '' })}
        />
      </div>
      <Button variant="outline" className="w-full justify-center" onClick={() => setSearch(NO_FILTERS)}>
        {t('clearFilters')}
      </Button>
      <Views filter={filter} />
    </div>
  );
}
