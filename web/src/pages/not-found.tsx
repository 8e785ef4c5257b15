import { Link } from '@tanstack/react-router';
import { t } from '../i18n/shell';
import { Empty } from '../ui/states';

export function NotFound() {
  const action = (
    <Link to="/inbox" className="text-sm font-medium text-accent-text underline">
      {t('toInbox')}
    </Link>
  );
  return <Empty title={t('notFound')} about={t('notFoundAbout')} action={action} />;
}
