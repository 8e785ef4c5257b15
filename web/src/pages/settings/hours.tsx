import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useIsAtLeast } from '../../lib/session';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { SavedForm } from '../../ui/saved-form';
import { Failed, Skeleton } from '../../ui/states';
import { t } from './t';
import { changeWorkspace, type Span, type Workspace, workspaceQuery } from './workspace';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export default function Hours() {
  const { data, error, isPending, refetch } = useQuery(workspaceQuery);
  return (
    <Panel title={t('hours')} about={t('hoursAbout')}>
      {isPending ? (
        <Skeleton rows={7} />
      ) : data ? (
        <Form initial={data.business_hours} />
      ) : (
        <Failed error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  );
}

function Form({ initial }: { initial: Workspace['business_hours'] }) {
  const administers = useIsAtLeast('ADMIN');
  const [spans, setSpans] = useState(initial.spans);
  const set = (span: Span, part: Partial<Span>) =>
    setSpans(spans.map((one) => (one === span ? { ...one, ...part } : one)));
  const save = (given: FormData) =>
    changeWorkspace({ business_hours: { time_zone: String(given.get('zone') ?? '').trim(), spans } });
  return (
    <SavedForm id="hours" locked={administers ? undefined : t('adminOnly')} onSave={save}>
      {(errors) => (
        <>
          <Field label={t('zone')} hint={t('zoneHint')} errors={errors.business_hours}>
            <Input
              name="zone"
              list="zones"
              defaultValue={
                initial.time_zone === 'UTC' && !initial.spans.length
                  ? Intl.DateTimeFormat().resolvedOptions().timeZone
                  : initial.time_zone
              }
              disabled={!administers}
            />
          </Field>
          <datalist id="zones">
            {Intl.supportedValuesOf('timeZone').map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <ul className="divide-y divide-line">
            {DAYS.map((day) => (
              <li key={day} className="flex items-start gap-3 py-2 text-sm">
                <span className="w-24 shrink-0 pt-2 font-medium">{t(day)}</span>
                <div className="min-w-0 flex-1 space-y-2">
                  {spans
                    .filter((span) => span.day === day)
                    .map((span) => (
                      <div key={`${span.from}${span.to}`} className="flex items-center gap-2">
                        <Input
                          type="time"
                          aria-label={`${t(day)} ${t('from')}`}
                          defaultValue={span.from}
                          disabled={!administers}
                          onBlur={(event) => set(span, { from: event.target.value })}
                        />
                        <span className="text-fg-3">–</span>
                        <Input
                          type="time"
                          aria-label={`${t(day)} ${t('to')}`}
                          defaultValue={span.to}
                          disabled={!administers}
                          onBlur={(event) => set(span, { to: event.target.value })}
                        />
                        {administers && (
                          <Button
                            variant="ghost"
                            size="icon"
                            aria-label={t('removeSpan')}
                            onClick={() => setSpans(spans.filter((one) => one !== span))}
                          >
                            <X size={15} aria-hidden="true" />
                          </Button>
                        )}
                      </div>
                    ))}
                  {!spans.some((span) => span.day === day) && <p className="pt-2 text-fg-3">{t('closed')}</p>}
                </div>
                {administers && (
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={t('addSpan', { day: t(day) })}
                    onClick={() => setSpans([...spans, { day, from: '09:00', to: '17:00' }])}
                  >
                    <Plus size={15} aria-hidden="true" />
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </SavedForm>
  );
}
