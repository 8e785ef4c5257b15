import { Link } from '@tanstack/react-router';
import { Frame } from './frame';
import { t } from './t';

export default function LinkPage() {
  return (
    <Frame title={t('linkDead')} about={t('linkDeadAbout')}>
      <Link to="/sign-in" className="text-sm font-medium text-accent-text underline">
        {t('toSignIn')}
      </Link>
    </Frame>
  );
}
