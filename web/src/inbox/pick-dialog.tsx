import { Dialog } from '../ui/dialog';
import { AssignPick, LabelPick, SnoozePick } from './pickers';
import { picking } from './picking';
import { t } from './t';

/** The small forms where no button of theirs is in sight: for many rows, by a key, on a phone. */
export default function PickDialog() {
  const open = picking.use();
  if (!open || open.kind === 'filter') return null;
  const close = () => picking.set(undefined);
  const n = open.ids.length;
  const title = { assign: t('assignN', { n }), labels: t('labelN', { n }), snooze: t('snoozeN', { n }) }[open.kind];
  const Pick = { assign: AssignPick, labels: LabelPick, snooze: SnoozePick }[open.kind];
  return (
    <Dialog open onClose={close} title={title} size="sm">
      <div className="[&>*]:w-full">
        <Pick ids={open.ids} onDone={close} />
      </div>
    </Dialog>
  );
}
