import { FlaskConical } from 'lucide-react';
import { t } from '../../i18n/shell';
import { Page } from '../../ui/page';
import { Empty } from '../../ui/states';

export default function ThePage() {
  return (
    <Page title={t('activity')}>
      <Empty icon={<FlaskConical size={36} strokeWidth={1.4} />} title={t('comesLater')} />
    </Page>
  );
}
