import { ListFilter } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type Search, useFilters } from '../../lib/search';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Popover } from '../../ui/popover';
import { Select } from '../../ui/select';
import { t } from './t';

const SOURCES = ['MANUAL', 'TELEGRAM', 'WHATSAPP', 'IMPORT', 'API'] as const;
export const SOURCE_NAMES = { MANUAL: 'Manual', TELEGRAM: 'Telegram', WHATSAPP: 'WhatsApp', IMPORT: 'CSV', API: 'API' };

/** The API's filter for what stands in the address. */
export function filterOf({ q, label, source, out, seg }: Search): Record<string, string> {
  const given = { search: q, tag: label, source, do_not_contact: out, segment: seg };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => !!entry[1]));
}

/** Source, label, and whether they may be contacted. */
export function Filters() {
  const [{ label = '', source = '', out = '' }, setFilter] = useFilters();
  const [open, setOpen] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setFilter({ label: String(new FormData(event.currentTarget).get('label') ?? '').trim() });
    setOpen(false);
  };
  return (
    <Popover
      label={t('filters')}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="outline">
          <ListFilter size={15} aria-hidden="true" />
          {t('filters')}
        </Button>
      }
    >
      <form onSubmit={submit} className="w-60 space-y-3">
        <Field label={t('label')}>
          <Input name="label" defaultValue={label} autoComplete="off" />
        </Field>
        <Field label={t('source')}>
          <Select
            value={source}
            onChange={(next) => setFilter({ source: next })}
            options={[
              { value: '', label: t('anySource') },
              ...SOURCES.map((value) => ({ value, label: SOURCE_NAMES[value] })),
            ]}
            className="w-full"
          />
        </Field>
        <Field label={t('optedOut')}>
          <Select
            value={out}
            onChange={(next) => setFilter({ out: next })}
            options={[
              { value: '', label: t('anybody') },
              { value: 'false', label: t('reachable') },
              { value: 'true', label: t('optedOutOnly') },
            ]}
            className="w-full"
          />
        </Field>
        <Button type="submit" variant="primary" className="w-full justify-center">
          {t('apply')}
        </Button>
      </form>
    </Popover>
  );
}

/** What is filtered by, as chips that come off. */
export function useActiveFilters() {
  const [{ label, source, out }, setFilter] = useFilters();
  if (!label && !source && !out) return null;
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b border-line px-4 py-2 md:px-6">
      {label && (
        <Chip tone="accent" name={label} onRemove={() => setFilter({ label: '' })}>
          {t('filterLabel', { value: label })}
        </Chip>
      )}
      {source && (
        <Chip tone="accent" name={source} onRemove={() => setFilter({ source: '' })}>
          {t('filterSource', { value: SOURCE_NAMES[source as keyof typeof SOURCE_NAMES] ?? source })}
        </Chip>
      )}
      {out && (
        <Chip tone="accent" name={t('optedOut')} onRemove={() => setFilter({ out: '' })}>
          {out === 'true' ? t('filterOut') : t('filterIn')}
        </Chip>
      )}
      <button
        type="button"
        onClick={() => setFilter({ label: '', source: '', out: '' })}
        className="ms-1 text-xs font-medium text-accent-text"
      >
        {t('reset')}
      </button>
    </div>
  );
}
