import { type FormEvent, useState } from 'react';
import { api, body, type Schemas } from '../../../lib/api';
import { Problem } from '../../../lib/problem';
import { toast } from '../../../lib/toasts';
import { Button } from '../../../ui/button';
import { Check } from '../../../ui/check';
import { Dialog } from '../../../ui/dialog';
import { Field } from '../../../ui/field';
import { Input } from '../../../ui/input';
import { t } from '../t';
import { type EndpointView, EVENT_TYPES, refresh, words } from './endpoints';
import { SecretShown } from './secret';

/** Where to, and which events; a new one's secret is shown after it. */
export function EndpointForm({ endpoint, onClose }: { endpoint?: EndpointView; onClose: () => void }) {
  const [types, setTypes] = useState<readonly string[]>(endpoint?.event_types ?? []);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [secret, setSecret] = useState<string>();
  if (secret) return <SecretShown secret={secret} onClose={onClose} />;
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const fields = {
      url: String(given.get('url') ?? ''),
      description: String(given.get('description') ?? ''),
      event_types: [...types],
    };
    setBusy(true);
    try {
      if (endpoint) {
        await api.PATCH('/webhooks/endpoints/{id}/', { params: { path: { id: endpoint.id } }, body: fields });
        toast(t('changed'));
        onClose();
      } else {
        const made = await body<Schemas['EndpointSecretView']>(api.POST('/webhooks/endpoints/', { body: fields }));
        setSecret(made.secret);
      }
      void refresh();
    } catch (failure) {
      setProblem(Problem.of(failure));
    }
    setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={endpoint ? t('editTitle') : t('newTitle')}
      about={endpoint ? undefined : t('newAbout')}
      actions={
        <Button form="endpoint" type="submit" variant="primary" busy={busy}>
          {endpoint ? t('save') : t('makeEndpoint')}
        </Button>
      }
    >
      <form id="endpoint" onSubmit={save} className="space-y-4" noValidate>
        <Field label={t('url')} hint={t('urlHint')} errors={problem?.errors.url}>
          <Input name="url" type="url" defaultValue={endpoint?.url} autoFocus autoComplete="off" maxLength={2048} />
        </Field>
        <Field label={t('description')} errors={problem?.errors.description}>
          <Input name="description" defaultValue={endpoint?.description} autoComplete="off" maxLength={500} />
        </Field>
        <Types chosen={types} onChange={setTypes} />
        {problem && !problem.errors.url && !problem.errors.description && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}

type TypesProps = { chosen: readonly string[]; onChange: (types: readonly string[]) => void };

function Types({ chosen, onChange }: TypesProps) {
  const toggle = (type: string, on: boolean) =>
    onChange(on ? [...chosen, type] : chosen.filter((other) => other !== type));
  return (
    <fieldset>
      <legend className="text-sm font-medium">{t('events')}</legend>
      <p className="mb-2 text-xs text-fg-3">{t('eventsHint')}</p>
      <div className="grid gap-2 sm:grid-cols-2">
        {EVENT_TYPES.map((type) => (
          <Check key={type} label={words(type)} checked={chosen.includes(type)} onChange={(on) => toggle(type, on)} />
        ))}
      </div>
    </fieldset>
  );
}
