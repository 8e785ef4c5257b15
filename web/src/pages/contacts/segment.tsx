import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { type Rule, type Rules, type Segment, type SegmentField, segmentFieldsQuery } from './contacts';
import { t } from './t';

type Props = { segment: Segment | undefined; onClose: () => void; onSaved: (id: string) => void };
const FIRST: Rules = { match: 'all', rules: [{ field: 'tags', operator: 'has', value: '' }] };
const NO_VALUE = ['is_set', 'is_not_set'];
const words = (field: string) => field.replace(/^custom\./, '').replaceAll('_', ' ');
const opName = (operator: string) => {
  const key = `op_${operator}` as Parameters<typeof t>[0];
  const said = t(key as 'op_is');
  return said === undefined ? operator.replaceAll('_', ' ') : said;
};

/** Who belongs to a group: rules with a live count. */
export default function SegmentDialog({ segment, onClose, onSaved }: Props) {
  const fields = useQuery(segmentFieldsQuery).data ?? [];
  const [name, setName] = useState(segment?.name ?? '');
  const [rules, setRules] = useState<Rules>(segment?.rules ?? FIRST);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const asked = useDeferredValue(JSON.stringify({ rules }));
  const counted = useQuery({
    queryKey: ['segments', 'count', asked],
    queryFn: ({ signal }) =>
      request<{ count: number }>('/contacts/segments/count/', { method: 'POST', body: asked, signal }),
    placeholderData: (before) => before,
    retry: false,
  });
  const set = (at: number, rule: Rule) =>
    setRules({ ...rules, rules: rules.rules.map((one, i) => (i === at ? rule : one)) });
  const attempt = async (work: () => Promise<string>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const id = await work();
      void queryClient.invalidateQueries({ queryKey: ['segments'] });
      onSaved(id);
      onClose();
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  const save = () =>
    attempt(async () => {
      const path = segment ? `/contacts/segments/${segment.id}/` : '/contacts/segments/';
      const init = { method: segment ? 'PATCH' : 'POST', body: JSON.stringify({ name, rules }) };
      return (await request<Segment>(path, init)).id;
    });
  const remove = () =>
    attempt(async () => {
      await request(`/contacts/segments/${segment?.id}/`, { method: 'DELETE' });
      return '';
    });
  const errors = problem?.errors ?? {};
  return (
    <Dialog
      open
      onClose={onClose}
      size="lg"
      title={segment ? t('editSegment') : t('newSegment')}
      actions={
        <>
          <span className="me-auto self-center text-sm text-fg-2 tabular-nums" role="status">
            {counted.data && t('matches', { n: counted.data.count })}
          </span>
          {segment && (
            <Button variant="risky" disabled={busy} onClick={remove}>
              {t('deleteSegment')}
            </Button>
          )}
          <Button variant="primary" busy={busy} onClick={save}>
            {t('saveSegment')}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field label={t('segmentName')} errors={errors.name}>
          <Input value={name} onChange={(e) => setName(e.target.value)} autoFocus dir="auto" />
        </Field>
        <Field label={t('match')}>
          <Select
            value={rules.match}
            onChange={(match) => setRules({ ...rules, match: match as Rules['match'] })}
            options={[
              { value: 'all', label: t('matchAll') },
              { value: 'any', label: t('matchAny') },
            ]}
            className="w-full"
          />
        </Field>
        <ul className="space-y-2">
          {rules.rules.map((rule, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name of their own
            <li key={at}>
              <RuleRow
                rule={rule}
                fields={fields}
                onChange={(next) => set(at, next)}
                onRemove={() => setRules({ ...rules, rules: rules.rules.filter((_, i) => i !== at) })}
              />
            </li>
          ))}
        </ul>
        {(errors.rules || (problem && !Object.keys(errors).length)) && (
          <p role="alert" className="text-sm text-bad">
            {errors.rules?.join(' ') ?? problem?.message}
          </p>
        )}
        <Button
          variant="outline"
          onClick={() => setRules({ ...rules, rules: [...rules.rules, { field: 'tags', operator: 'has', value: '' }] })}
        >
          <Plus size={14} aria-hidden="true" />
          {t('addRule')}
        </Button>
      </div>
    </Dialog>
  );
}

type RowProps = { rule: Rule; fields: SegmentField[]; onChange: (rule: Rule) => void; onRemove: () => void };
function RuleRow({ rule, fields, onChange, onRemove }: RowProps) {
  const field = fields.find((one) => one.field === rule.field);
  const operators = field?.operators ?? [rule.operator];
  const choose = (name: string) => {
    const next = fields.find((one) => one.field === name);
    onChange({ field: name, operator: next?.operators[0] ?? 'is', value: next?.type === 'boolean' ? true : '' });
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,1fr)_auto] items-center gap-2 max-sm:grid-cols-[minmax(0,1fr)_auto]">
      <Select
        label={t('field')}
        value={rule.field}
        onChange={choose}
        options={(fields.length ? fields.map((one) => one.field) : [rule.field]).map((value) => ({
          value,
          label: words(value),
        }))}
        className="w-full capitalize max-sm:col-span-2"
      />
      <Select
        label={t('operator')}
        value={rule.operator}
        onChange={(operator) => onChange({ ...rule, operator })}
        options={operators.map((value) => ({ value, label: opName(value) }))}
        className="w-full max-sm:col-span-2"
      />
      {NO_VALUE.includes(rule.operator) ? <span /> : <Value rule={rule} type={field?.type} onChange={onChange} />}
      <Button variant="ghost" size="icon" aria-label={t('removeRule')} onClick={onRemove}>
        <X size={15} aria-hidden="true" />
      </Button>
    </div>
  );
}

function Value({ rule, type, onChange }: { rule: Rule; type: string | undefined; onChange: (rule: Rule) => void }) {
  const isList = rule.operator === 'in' || rule.operator === 'not_in';
  const isNumber = type === 'number' || rule.operator.endsWith('within_days');
  if (type === 'boolean')
    return (
      <Select
        label={t('value')}
        value={String(rule.value)}
        onChange={(next) => onChange({ ...rule, value: next === 'true' })}
        options={[
          { value: 'true', label: '✓' },
          { value: 'false', label: '✗' },
        ]}
        className="w-full"
      />
    );
  const text = Array.isArray(rule.value) ? rule.value.join(', ') : String(rule.value ?? '');
  const read = (given: string) => {
    if (isList) return given.split(',').map((one) => one.trim());
    if (type === 'time' && !isNumber) return given && new Date(given).toISOString();
    return isNumber && given.trim() && Number.isFinite(Number(given)) ? Number(given) : given;
  };
  return (
    <Input
      aria-label={t('value')}
      type={!isNumber && (type === 'date' || type === 'time') ? 'date' : 'text'}
      inputMode={isNumber ? 'numeric' : undefined}
      value={type === 'time' && !isNumber ? text.slice(0, 10) : text}
      onChange={(e) => onChange({ ...rule, value: read(e.target.value) })}
    />
  );
}
