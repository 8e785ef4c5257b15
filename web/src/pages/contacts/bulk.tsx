import { useNavigate } from '@tanstack/react-router';
import { Megaphone, Merge, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { t as shell } from '../../i18n/shell';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { doToMany, type Target } from './jobs';
import { LabelMany } from './label-many';
import { t } from './t';

type Props = {
  target: Target;
  /** How many that are. */
  n: number;
  manages: boolean;
  /** Takes all that the filters mean, where there are more than are shown. */
  all?: { n: number; choose: () => void } | undefined;
  onMerge: () => void;
  onDone: () => void;
};

/** What can be done with all that are selected. */
export function Bulk({ target, n, manages, all, onMerge, onDone }: Props) {
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const ids = 'ids' in target ? target.ids : undefined;
  const remove = async () => {
    const changed = await doToMany({ action: 'delete' }, target);
    if (changed !== undefined) toast(t('deleted', { n: changed }));
    onDone();
  };
  return (
    <div
      role="toolbar"
      aria-label={shell('selected', { n })}
      className="flex flex-wrap items-center gap-1.5 border-b border-line bg-accent-soft px-4 py-1.5 md:px-6"
    >
      <span className="me-2 text-sm font-medium text-accent-text tabular-nums">{shell('selected', { n })}</span>
      {all && (
        <button type="button" onClick={all.choose} className="me-2 text-sm font-medium text-accent-text underline">
          {t('selectEvery', { n: all.n })}
        </button>
      )}
      {manages && (
        <>
          <LabelMany target={target} />
          {ids && (
            <Button
              variant="ghost"
              onClick={() => void navigate({ to: '/broadcasts/new', search: { to: ids.join(',') } as never })}
            >
              <Megaphone size={15} aria-hidden="true" />
              {t('broadcastTo')}
            </Button>
          )}
          <Button variant="ghost" disabled={n !== 2} title={n !== 2 ? t('mergeHint') : undefined} onClick={onMerge}>
            <Merge size={15} aria-hidden="true" />
            {t('mergeTwo')}
          </Button>
          <Button variant="risky" onClick={() => setDeleting(true)}>
            <Trash2 size={15} aria-hidden="true" />
            {t('deleteMany', { n })}
          </Button>
        </>
      )}
      <Button variant="ghost" size="icon" className="ms-auto" aria-label={t('unselect')} onClick={onDone}>
        <X size={16} aria-hidden="true" />
      </Button>
      <Confirm
        open={deleting}
        danger
        title={t('deleteTitle', { n })}
        about={t('deleteAbout')}
        action={t('deleteMany', { n })}
        onClose={() => setDeleting(false)}
        onConfirm={remove}
      />
    </div>
  );
}
