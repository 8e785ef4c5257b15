import { AlertDialog as A } from '@base-ui/react/alert-dialog';
import { type ReactNode, useState } from 'react';
import { t } from '../i18n/shell';
import { Problem } from '../lib/problem';
import { Button } from './button';
import { Input } from './input';

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  about?: ReactNode;
  /** Names what will happen, with the number: "Delete 214 contacts". */
  action: string;
  onConfirm: () => unknown | Promise<unknown>;
  danger?: boolean;
  /** What must be typed first, for what can't be taken back. */
  typed?: string;
};

/** Asks before what can't be undone. A refusal is shown here and the dialog stays open. */
export function Confirm({ open, onClose, title, about, action, onConfirm, danger, typed }: Props) {
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  return (
    <A.Root open={open} onOpenChange={(next) => !next && !busy && onClose()}>
      <A.Portal>
        <A.Backdrop className="fixed inset-0 z-40 bg-black/30 dark:bg-black/55" />
        <A.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(420px,calc(100vw-24px))] -translate-1/2 rounded-2xl bg-raised p-5 shadow-pop">
          <A.Title className="text-lg font-semibold">{title}</A.Title>
          {about && <A.Description className="mt-1 text-sm text-fg-2">{about}</A.Description>}
          {typed && (
            <Input
              className="mt-4"
              aria-label={typed}
              placeholder={typed}
              value={text}
              onChange={(e) => setText(e.target.value)}
            />
          )}
          {problem && (
            <p role="alert" className="mt-3 text-sm text-bad">
              {problem.message}
            </p>
          )}
          <div className="mt-5 flex justify-end gap-2">
            <Button variant="outline" onClick={onClose} disabled={busy}>
              {t('cancel')}
            </Button>
            <Button
              variant={danger ? 'danger' : 'primary'}
              busy={busy}
              disabled={!!typed && text !== typed}
              onClick={run}
            >
              {action}
            </Button>
          </div>
        </A.Popup>
      </A.Portal>
    </A.Root>
  );
}
