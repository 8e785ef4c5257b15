import { useNavigate } from '@tanstack/react-router';
import { Megaphone, Merge, Tag as TagIcon, Trash2, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { t as shell } from '../../i18n/shell';
import { api, body, queryClient, type Schemas } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Input } from '../../ui/input';
import { Popover } from '../../ui/popover';
import { t } from './t';

type Props = { ids: string[]; manages: boolean; onMerge: () => void; onDone: () => void };
type Counts = Schemas['CountsView'];
const refresh = () => queryClient.invalidateQueries({ queryKey: ['contacts'] });

/** What can be done with all that are selected. */
export function Bulk({ ids, manages, onMerge, onDone }: Props) {
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const remove = async () => {
    const { changed } = await body<Counts>(api.POST('/contacts/bulk/delete/', { body: { ids } }));
    toast(t('deleted', { n: changed }));
    onDone();
    void refresh();
  };
  return (
    <div
      role="toolbar"
      aria-label={shell('selected', { n: ids.length })}
      className="flex flex-wrap items-center gap-1.5 border-b border-line bg-accent-soft px-4 py-1.5 md:px-6"
    >
      <span className="me-2 text-sm font-medium text-accent-text tabular-nums">
        {shell('selected', { n: ids.length })}
      </span>
      {manages && (
        <>
          <Label ids={ids} />
          <Button
            variant="ghost"
            onClick={() => void navigate({ to: '/broadcasts/new', search: { to: ids.join(',') } as never })}
          >
            <Megaphone size={15} aria-hidden="true" />
            {t('broadcastTo')}
          </Button>
          <Button
            variant="ghost"
            disabled={ids.length !== 2}
            title={ids.length !== 2 ? t('mergeHint') : undefined}
            onClick={onMerge}
          >
            <Merge size={15} aria-hidden="true" />
            {t('mergeTwo')}
          </Button>
          <Button variant="risky" onClick={() => setDeleting(true)}>
            <Trash2 size={15} aria-hidden="true" />
            {t('deleteMany', { n: ids.length })}
          </Button>
        </>
      )}
      <Button variant="ghost" size="icon" className="ms-auto" aria-label={t('unselect')} onClick={onDone}>
        <X size={16} aria-hidden="true" />
      </Button>
      <Confirm
        open={deleting}
        danger
        title={t('deleteTitle', { n: ids.length })}
        about={t('deleteAbout')}
        action={t('deleteMany', { n: ids.length })}
        onClose={() => setDeleting(false)}
        onConfirm={remove}
      />
    </div>
  );
}

function Label({ ids }: { ids: string[] }) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState('');
  const put = async (label: string, on: boolean) => {
    const given = { body: { ids, tags: [label] } };
    const { changed } = await body<Counts>(
      on ? api.POST('/contacts/bulk/tag/', given) : api.POST('/contacts/bulk/untag/', given),
    );
    void refresh();
    toast(on ? t('labelled', { n: changed, label }) : t('unlabelled', { n: changed, label }), {
      undo: () => void put(label, !on),
    });
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const label = String(new FormData(form).get('label') ?? '').trim();
    const off = (event.nativeEvent as SubmitEvent).submitter?.getAttribute('value') === 'off';
    setProblem('');
    try {
      await put(label, !off);
      setOpen(false);
    } catch (error) {
      const refused = Problem.of(error);
      setProblem(Object.values(refused.errors).flat().join(' ') || refused.message);
    }
  };
  return (
    <Popover
      label={t('addLabel')}
      align="start"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="ghost">
          <TagIcon size={15} aria-hidden="true" />
          {t('label')}
        </Button>
      }
    >
      <form onSubmit={submit} className="w-56 space-y-2">
        <Input name="label" aria-label={t('label')} placeholder={t('label')} autoFocus autoComplete="off" />
        {problem && (
          <p role="alert" className="text-xs text-bad">
            {problem}
          </p>
        )}
        <div className="flex gap-2">
          <Button type="submit" variant="primary" className="flex-1 justify-center">
            {t('addLabel')}
          </Button>
          <Button type="submit" value="off" variant="outline">
            {t('split')}
          </Button>
        </div>
      </form>
    </Popover>
  );
}
