import { X } from 'lucide-react';
import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { useListing } from '../../lib/listing';
import { useIsAtLeast } from '../../lib/session';
import { Confirm } from '../../ui/confirm';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { SavedForm } from '../../ui/saved-form';
import { Skeleton } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { t } from './t';

type Label = { id: string; name: string };
const PATH = '/team-inbox/api/labels/';
const refresh = () => queryClient.invalidateQueries({ queryKey: ['labels'] });

export default function Labels() {
  const edits = useIsAtLeast('AGENT');
  const [leaving, setLeaving] = useState<Label>();
  const [round, setRound] = useState(0);
  const { rows, query } = useListing<Label>(['labels', 'all'], async ({ cursor, signal }) => ({
    data: await request(`${PATH}?page_size=200&ordering=name${cursor ? `&cursor=${cursor}` : ''}`, { signal }),
  }));
  const add = async (given: FormData) => {
    await request(PATH, { method: 'POST', body: JSON.stringify({ name: String(given.get('name') ?? '').trim() }) });
    setRound(round + 1);
    await refresh();
  };
  const remove = async (label: Label) => {
    await request(`${PATH}${label.id}/`, { method: 'DELETE' });
    await refresh();
    void queryClient.invalidateQueries({ queryKey: ['inbox'] });
  };
  return (
    <Panel title={t('labels')} about={t('labelsAbout')}>
      <Loaded query={query} rows={rows} skeleton={<Skeleton rows={2} />}>
        {!rows.length ? (
          <p className="text-sm text-fg-3">{t('noLabels')}</p>
        ) : (
          <ul className="flex flex-wrap gap-2">
            {rows.map((label) => (
              <li key={label.id} className="flex items-center gap-1 rounded-lg border border-line py-1 ps-1.5 pe-1">
                <Tag name={label.name} />
                {edits && (
                  <button
                    type="button"
                    aria-label={t('removeLabel', { name: label.name })}
                    onClick={() => setLeaving(label)}
                    className="flex size-6 items-center justify-center rounded text-fg-3 hover:bg-sunken hover:text-fg"
                  >
                    <X size={13} aria-hidden="true" />
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {edits && (
        <div className="mt-5 border-t border-line pt-5">
          <SavedForm key={round} id="label" action={t('add')} onSave={add}>
            {(errors) => (
              <Field label={t('labelName')} errors={errors.name}>
                <Input name="name" dir="auto" autoComplete="off" />
              </Field>
            )}
          </SavedForm>
        </div>
      )}
      {leaving && (
        <Confirm
          open
          danger
          title={t('removeLabelTitle', { name: leaving.name })}
          about={t('removeLabelAbout')}
          action={t('remove')}
          onClose={() => setLeaving(undefined)}
          onConfirm={() => remove(leaving)}
        />
      )}
    </Panel>
  );
}
