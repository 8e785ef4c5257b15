import { t } from '../i18n/shell';
import { Button } from '../ui/button';
import { Empty } from '../ui/states';

/** What stands in a page's place when its code failed, for instance because a newer version took its files away. */
export function Broken({ error }: { error: unknown }) {
  const words = error instanceof Error ? error.message : String(error);
  return (
    <Empty
      title={t('error')}
      about={`${t('errorAbout')} (${words})`}
      action={
        <Button variant="outline" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
      }
    />
  );
}
