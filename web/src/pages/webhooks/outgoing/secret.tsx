import { Button } from '../../../ui/button';
import { Copy } from '../../../ui/copy';
import { Dialog } from '../../../ui/dialog';
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
      <div className="flex items-start gap-2 rounded-lg bg-sunken p-2.5">
        <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all select-all">{secret}</code>
        <Copy value={secret} />
      </div>
    </Dialog>
  );
}
