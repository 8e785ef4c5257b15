import { type FormEvent, type ReactNode, useState } from 'react';
import { t } from '../i18n/shell';
import { useHotkeys } from '../lib/hotkeys';
import { Problem } from '../lib/problem';
import { Button } from './button';

type Props = {
  id: string;
  /** Why it can't be changed, for those who may only look. */
  locked?: string | undefined;
  action?: string;
  onSave: (given: FormData) => Promise<unknown>;
  children: (errors: Record<string, string[]>) => ReactNode;
};

/** Saves by itself, with "Saved" beside the button; Ctrl S saves too. */
export function SavedForm({ id, locked, action, onSave, children }: Props) {
  const [problem, setProblem] = useState<Problem>();
  const [state, setState] = useState<'' | 'changed' | 'busy' | 'saved'>('');
  useHotkeys({ 'mod+s': () => (document.getElementById(id) as HTMLFormElement | null)?.requestSubmit() }, !locked);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setState('busy');
    setProblem(undefined);
    try {
      await onSave(new FormData(event.currentTarget));
      setState('saved');
    } catch (error) {
      setProblem(Problem.of(error));
      setState('changed');
    }
  };
  const errors = problem?.errors ?? {};
  return (
    <form id={id} onSubmit={submit} onChange={() => setState('changed')} className="max-w-md space-y-5" noValidate>
      {children(errors)}
      {problem && !Object.keys(errors).length && (
        <p role="alert" className="text-sm text-bad">
          {problem.message}
        </p>
      )}
      {locked ? (
        <p className="text-sm text-fg-3">{locked}</p>
      ) : (
        <div className="flex items-center gap-3">
          {/* Filled once there is something to save: a page may hold several such forms. */}
          <Button type="submit" variant={state === 'changed' ? 'primary' : 'outline'} busy={state === 'busy'}>
            {action ?? t('save')}
          </Button>
          <span role="status" className="text-sm text-ok">
            {state === 'saved' && t('saved')}
          </span>
        </div>
      )}
    </form>
  );
}
