import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { LoaderCircle } from 'lucide-react';
import { api, body, type Schemas } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { count } from '../../lib/time';
import { Choices } from '../../ui/choices';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import { TagInput } from '../../ui/tag-input';
import { segmentsQuery } from '../contacts/contacts';
import { reasonWords } from './broadcasts';
import { bodyOf, type Draft, isSomebody } from './draft';
import { t } from './t';

export type Reach = Schemas['PreviewView'];
type Result = { data: Reach | undefined; error: Problem | undefined; isFetching: boolean };

/** Who would get it, counted by the server as it would send it. */
export function useReach(draft: Draft, enabled: boolean): Result {
  const given = { ...bodyOf({ ...draft, name: draft.name || '–', text: draft.text || '–' }), status: 'DRAFT' as const };
  const asked = JSON.stringify(given);
  const { data, error, isFetching } = useQuery({
    queryKey: ['broadcasts', 'reach', asked],
    queryFn: ({ signal }) =>
      body<Reach>(
        api.POST('/broadcast/', { params: { query: { dry_run: true } }, body: given, signal }) as Promise<{
          data?: Reach;
        }>,
      ),
    enabled: enabled && isSomebody(draft),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
  });
  return { data: isSomebody(draft) ? data : undefined, error: error ? Problem.of(error) : undefined, isFetching };
}

type Props = {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  reach: Result;
  errors: Record<string, string[]>;
};
export function AudienceStep({ draft, onChange, reach, errors }: Props) {
  const segments = useQuery(segmentsQuery).data ?? [];
  const options = [
    { value: 'all' as const, label: t('everybody') },
    { value: 'tags' as const, label: t('byTag') },
    ...(segments.length || draft.segment
      ? [{ value: 'segment' as const, label: t('bySegment'), hint: t('segmentHint') }]
      : []),
    ...(draft.recipients.length
      ? [{ value: 'chosen' as const, label: t('recipients'), hint: t('chosen', { n: draft.recipients.length }) }]
      : []),
  ];
  return (
    <>
      <Choices
        label={t('who')}
        value={draft.audience}
        onChange={(audience) => onChange({ audience })}
        options={options}
      />
      {draft.audience === 'tags' && (
        <TagInput
          label={t('tags')}
          hint={t('tagsHint')}
          value={draft.tags}
          onChange={(tags) => onChange({ tags })}
          errors={errors.tag_filter}
        />
      )}
      {draft.audience === 'segment' && (
        <Field label={t('segment')} errors={errors.segment}>
          <Select
            value={draft.segment}
            onChange={(segment) => onChange({ segment })}
            options={named(segments, draft.segment, t('chooseSegment'))}
            className="w-full"
          />
        </Field>
      )}
      <TagInput
        label={t('except')}
        value={draft.except}
        onChange={(except) => onChange({ except })}
        errors={errors.exclude_tags}
      />
      {(segments.length > 0 || draft.exceptSegment) && (
        <Field label={t('exceptSegment')} errors={errors.exclude_segment}>
          <Select
            value={draft.exceptSegment}
            onChange={(exceptSegment) => onChange({ exceptSegment })}
            options={named(segments, draft.exceptSegment, t('noSegment'))}
            className="w-full"
          />
        </Field>
      )}
      {errors.recipients && (
        <p role="alert" className="text-sm text-bad">
          {errors.recipients.join(' ')}
        </p>
      )}
      <ReachBox draft={draft} reach={reach} />
    </>
  );
}

/** Segments by name, with a word for none. One that is gone still shows that it was chosen. */
function named(segments: { id: string; name: string }[], chosen: string, none: string) {
  const isGone = chosen && !segments.some((segment) => segment.id === chosen);
  return [
    { value: '', label: none },
    ...segments.map((segment) => ({ value: segment.id, label: segment.name })),
    ...(isGone ? [{ value: chosen, label: t('goneSegment') }] : []),
  ];
}

/** The number, and those who are left out by reason. */
export function ReachBox({ draft, reach }: { draft: Draft; reach: Result }) {
  if (!isSomebody(draft)) return <p className="text-sm text-warn">{t('pickSomebody')}</p>;
  const { data, error, isFetching } = reach;
  if (error)
    return (
      <p role="alert" className="text-sm text-bad">
        {Object.values(error.errors).flat().join(' ') || error.message}
      </p>
    );
  return (
    <div className="rounded-xl bg-sunken p-4" role="status">
      <p className="flex items-baseline gap-2">
        <span className="text-2xl font-semibold tabular-nums">{data ? count(data.recipients) : '–'}</span>
        <span className="text-sm text-fg-2">{t('reach')}</span>
        {isFetching && <LoaderCircle size={14} className="animate-spin self-center text-fg-3" aria-hidden="true" />}
      </p>
      {data && data.recipients === 0 && <p className="mt-1 text-sm text-warn">{t('nobody')}</p>}
      {data && (data.skipped > 0 || data.excluded > 0) && (
        <dl className="mt-3 space-y-1 border-t border-line pt-3 text-sm text-fg-2">
          {Object.entries(data.exclusions as Record<string, number>).map(([reason, n]) => (
            <Line key={reason} name={reasonWords(reason)} n={n} />
          ))}
          {data.excluded > 0 && <Line name={t('left_out')} n={data.excluded} />}
        </dl>
      )}
    </div>
  );
}

const Line = ({ name, n }: { name: string; n: number }) => (
  <div className="flex justify-between gap-4">
    <dt>{name}</dt>
    <dd className="tabular-nums">{count(n)}</dd>
  </div>
);
