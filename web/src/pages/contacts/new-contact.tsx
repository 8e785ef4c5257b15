import { type FormEvent, useState } from 'react';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { TagInput } from '../../ui/tag-input';
import { type Contact, nameOf } from './contacts';
import { t } from './t';

const FIELDS = [
  ['first_name', 'firstName', 'given-name'],
  ['last_name', 'lastName', 'family-name'],
  ['phone', 'phone', 'off'],
  ['email', 'email', 'off'],
] as const;

export function NewContact({ onClose }: { onClose: () => void }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [tags, setTags] = useState<string[]>([]);
  const [, setFilter] = useFilters();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = Object.fromEntries(
      FIELDS.map(([name]) => [name, String(form.get(name) ?? '').trim()]).filter(([, value]) => value),
    );
    setBusy(true);
    setProblem(undefined);
    try {
      const made = await body<Contact>(api.POST('/contacts/', { body: { ...given, tags } as Schemas['ContactBody'] }));
      void queryClient.invalidateQueries({ queryKey: ['contacts'] });
      toast(t('added', { name: nameOf(made) }));
      onClose();
      setFilter({ open: made.id });
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('create')}
      size="sm"
      actions={
        <Button form="new-contact" type="submit" variant="primary" busy={busy}>
          {t('add')}
        </Button>
      }
    >
      <form id="new-contact" onSubmit={submit} className="space-y-4" noValidate>
        {FIELDS.map(([name, label, fill], at) => (
          <Field
            key={name}
            label={t(label)}
            hint={name === 'phone' ? t('phoneHint') : undefined}
            errors={problem?.errors[name]}
          >
            <Input name={name} autoComplete={fill} autoFocus={at === 0} dir="auto" />
          </Field>
        ))}
        <TagInput label={t('labels')} value={tags} onChange={setTags} errors={problem?.errors.tags} />
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}
