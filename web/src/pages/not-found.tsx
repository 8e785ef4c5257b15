import { Link } from '@tanstack/react-router';
import { t } from '../i18n/shell';

/** An address that leads nowhere: the whole window, since it belongs to no page. */
export const NotFound = () => (
  <main className="flex h-full flex-col items-center justify-center bg-canvas px-6 pb-[20vh] text-center">
    <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="Jina Connect" width={44} height={44} className="mb-6" />
    <h1 className="text-lg font-semibold">{t('notFound')}</h1>
    <p className="mt-1 max-w-md text-sm text-fg-2">{t('notFoundAbout')}</p>
    <Link to="/inbox" className="mt-4 text-sm font-medium text-accent-text underline">
      {t('toInbox')}
    </Link>
  </main>
);
