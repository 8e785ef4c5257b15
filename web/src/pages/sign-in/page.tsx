import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useFilters } from '../../lib/search';
import { readSetup, type Setup, sessionQuery } from '../../lib/session';
import { Failed, Skeleton } from '../../ui/states';
import { SignInForm } from './form';
import { Frame } from './frame';
import { t } from './t';

export const setupQuery = { queryKey: ['setup'], queryFn: readSetup, retry: true, retryDelay: 3_000 };

export default function SignInPage() {
  const navigate = useNavigate();
  const [{ next }] = useFilters();
  const setup = useQuery(setupQuery);
  const session = useQuery(sessionQuery);
  const enter = () => void navigate({ to: isOurs(next) ? next : '/inbox', replace: true });
  useEffect(() => {
    if (setup.data?.needed) void navigate({ to: '/setup', replace: true });
    else if (session.data) enter();
  });
  return (
    <Frame title={t('title')} about={about(setup.data)}>
      {setup.failureCount > 0 && !setup.data ? (
        <Failed error={setup.failureReason} />
      ) : setup.isPending ? (
        <Skeleton rows={3} />
      ) : (
        <SignInForm onDone={enter} initial={setup.data?.demo ?? null} />
      )}
    </Frame>
  );
}

const about = (setup: Setup | undefined) =>
  setup?.demo ? t('demo') : setup && !setup.has_users ? t('nobody') : undefined;

/** A page of this app, never another site. */
const isOurs = (path: string | undefined): path is string => !!path && /^\/(?![/\\])/.test(path);
