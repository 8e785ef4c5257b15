import { useSyncExternalStore } from 'react';
import { t } from '../i18n/shell';
import { queryClient } from '../lib/api';
import { session } from '../lib/session-state';
import { SignInForm } from '../pages/sign-in/form';
import { Dialog } from '../ui/dialog';

/** Over the page, which stays with its drafts: sign in and go on. */
export default function SessionOver() {
  const isOver = useSyncExternalStore(session.subscribe, session.isOver);
  return (
    <Dialog open={isOver} onClose={() => {}} title={t('sessionOver')} about={t('sessionOverAbout')} size="sm">
      <SignInForm onDone={() => void queryClient.invalidateQueries()} />
    </Dialog>
  );
}
