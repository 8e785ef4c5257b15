import { Dialog } from '../../ui/dialog';
import { t } from '../t';
import { WhenForm } from '../when';

export default function Later({ onPick, onClose }: { onPick: (at: string) => void; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={t('sendLaterTitle')} size="sm">
      <WhenForm action={t('schedule')} onPick={onPick} />
    </Dialog>
  );
}
