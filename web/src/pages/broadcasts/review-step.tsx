import { Send } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { dateTime, lasting } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { type Reach, ReachBox } from './audience-step';
import { type Broadcast, length } from './broadcasts';
import { type Draft, hasContent, isSomebody } from './draft';
import { t } from './t';

type Props = {
  draft: Draft;
  reach: { data: Reach | undefined; error: Problem | undefined; isFetching: boolean };
  busy: boolean;
  problem: Problem | undefined;
  onSend: () => void;
  /** Writes the draft, so that a test can be made of it. */
  onSave: (also: object) => Promise<Broadcast>;
};

/** All of it in one sentence, and the button that names the number. */
export function ReviewStep({ draft, reach, busy, problem, onSend, onSave }: Props) {
  const n = reach.data?.recipients ?? 0;
  const when = draft.when === 'at' && draft.at ? t('whenAt', { time: dateTime(draft.at) }) : t('whenNow');
  const ready = isSomebody(draft) && n > 0 && !!draft.name.trim() && hasContent(draft);
  return (
    <>
      <div>
        <h2 className="text-lg font-semibold">{t('review')}</h2>
        <p className="mt-2 text-base text-fg-2">
          {t('sentence', { name: draft.name || '–', people: t('people', { n }), when })}{' '}
          {reach.data && n > 0 && t('takes', { time: length(reach.data.duration_seconds, lasting) })}
        </p>
      </div>
      <ReachBox draft={draft} reach={reach} />
      {!!reach.data?.render_errors.length && (
        <div className="rounded-xl bg-warn-soft p-4 text-sm text-warn">
          <p className="font-medium">{t('renderErrors')}</p>
          <ul className="mt-1 list-disc ps-5">
            {reach.data.render_errors.slice(0, 5).map((one) => (
              <li key={one.contact_id}>{one.error}</li>
            ))}
          </ul>
        </div>
      )}
      <Problems problem={problem ?? reach.error} />
      <Button variant="primary" size="lg" busy={busy} disabled={!ready} onClick={onSend}>
        <Send size={16} aria-hidden="true" />
        {draft.when === 'at' ? t('schedule', { n }) : t('send', { n })}
      </Button>
      <Test onSave={onSave} />
    </>
  );
}

function Problems({ problem }: { problem: Problem | undefined }) {
  if (!problem) return null;
  const lines = Object.entries(problem.errors).map(([field, sentences]) => `${field}: ${sentences.join(' ')}`);
  return (
    <div role="alert" className="rounded-xl bg-bad-soft p-4 text-sm text-bad">
      {(lines.length ? lines : [problem.message]).map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

function Test({ onSave }: Pick<Props, 'onSave'>) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chat = String(new FormData(event.currentTarget).get('chat_id') ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      const one = await onSave({ status: 'DRAFT' });
      await api.POST('/broadcast/{id}/test/', { params: { path: { id: one.id } }, body: { chat_id: chat as never } });
      toast(t('tested'));
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  const errors =
    problem && (Object.values(problem.errors).flat().length ? Object.values(problem.errors).flat() : [problem.message]);
  return (
    <form onSubmit={submit} className="flex items-start gap-2 border-t border-line pt-5" noValidate>
      <div className="flex-1">
        <Field label={t('testTo')} hint={t('testHint')} errors={errors}>
          <Input name="chat_id" inputMode="numeric" autoComplete="off" />
        </Field>
      </div>
      <Button type="submit" variant="outline" busy={busy} className="mt-[26px] h-9">
        {t('test')}
      </Button>
    </form>
  );
}
