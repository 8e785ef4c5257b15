import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Secret } from '../../../ui/secret';
import { t } from '../t';

/** A signing secret, which is not shown again. */
export function SecretShown({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={() => {}}
      title={t('secretTitle')}
      about={t('secretAbout')}
      actions={
        <Button variant="primary" onClick={onClose}>
          {t('saved')}
        </Button>
      }
    >
      <Secret value={secret} />
    </Dialog>
  );
}
