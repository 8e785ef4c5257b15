import { type FormEvent, useState } from 'react';
import { api, body, type Schemas } from '../../../lib/api';
import { Problem } from '../../../lib/problem';
import { toast } from '../../../lib/toasts';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Field } from '../../../ui/field';
import { Input } from '../../../ui/input';
import { t } from '../t';
import { type EndpointView, refresh } from './endpoints';

const HOUR_MS = 3_600_000;

/** Sends what happened in a range of time once more. */
export function Replay({ endpoint, onClose }: { endpoint: EndpointView; onClose: () => void }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const at = (name: string) => {
      const text = String(given.get(name) ?? '');
      return text ? new Date(text).toISOString() : undefined;
    };
    const until = at('until');
    setBusy(true);
    try {
      const done = await body<Schemas['ReplayView']>(
        api.POST('/webhooks/endpoints/{id}/replay/', {
          params: { path: { id: endpoint.id } },
          body: { since: at('since') ?? '', ...(until && { until }) },
        }),
      );
      toast(t(done.is_complete ? 'replayedRange' : 'replayedPart', { n: done.events }));
      void refresh();
      onClose();
    } catch (failure) {
      setProblem(Problem.of(failure));
    }
    setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('replayTitle')}
      about={t('replayAbout')}
      size="sm"
      actions={
        <Button form="replay" type="submit" variant="primary" busy={busy}>
          {t('replayRange')}
        </Button>
      }
    >
      <form id="replay" onSubmit={send} className="space-y-4" noValidate>
        <Field label={t('from')} errors={problem?.errors.since}>
          <Input name="since" type="datetime-local" defaultValue={local(Date.now() - HOUR_MS)} />
        </Field>
        <Field label={t('to')} hint={t('toHint')} errors={problem?.errors.until}>
          <Input name="until" type="datetime-local" />
        </Field>
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}

/** As such a field wants it: local time without a zone. */
function local(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
