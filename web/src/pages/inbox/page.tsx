import { MessageSquareText } from 'lucide-react';
import { t } from '../../i18n/shell';
import { Page } from '../../ui/page';
import { Empty } from '../../ui/states';

export default function InboxPage() {
  return (
    <Page title={t('inbox')}>
      <Empty icon={<MessageSquareText size={36} strokeWidth={1.4} />} title={t('comesLater')} />
    </Page>
  );
}
