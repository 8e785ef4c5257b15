import { Tag as TagIcon } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Problem } from '../../lib/problem';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Input } from '../../ui/input';
import { Popover } from '../../ui/popover';
import { doToMany, type Target } from './jobs';
import { t } from './t';

/** Puts a label on all of them, or takes it off. */
export function LabelMany({ target }: { target: Target }) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState('');
  const put = async (label: string, on: boolean) => {
    const n = await doToMany({ action: on ? 'tag' : 'untag', tags: [label] }, target);
    if (n === undefined) return;
    toast(on ? t('labelled', { n, label }) : t('unlabelled', { n, label }), { undo: () => void put(label, !on) });
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
