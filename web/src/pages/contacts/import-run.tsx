import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { dateTime } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Page } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { Failed, Skeleton } from '../../ui/states';
import { Back } from './back';
import { type Import, importQuery } from './contacts';
import { ImportDraft } from './import-draft';
import { Outcome } from './outcome';
import { t } from './t';

/** An import under way or over; it goes on when nobody looks. */
export default function ImportRunPage() {
  const { id = '' } = useParams({ strict: false });
  const { data: run, error, isPending, refetch } = useQuery(importQuery(id));
  const [busy, setBusy] = useState('');
  const act = async (action: 'pause' | 'resume' | 'cancel') => {
    setBusy(action);
    try {
      const next = await request<Import>(`/contacts/import/${id}/${action}/`, { method: 'POST' });
      queryClient.setQueryData(importQuery(id).queryKey, next);
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    setBusy('');
  };
  const isOpen = run?.status === 'RUNNING' || run?.status === 'PAUSED';
  const isDraft = run && (run.status === 'DRAFT' || run.status === 'CHECKED' || (isOpen && run.dry_run));
  return (
    <Page title={t('importTitle')} back={<Back />}>
      <div className="mx-auto max-w-3xl space-y-5 p-4 md:p-6">
        {isPending ? (
          <Skeleton />
        ) : !run ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : isDraft ? (
          <ImportDraft key={run.id} run={run} />
        ) : (
          <Panel
            title={run.file_name ?? t('s1')}
            about={dateTime(run.created_at)}
            actions={
              <>
                <Chip tone={run.status === 'COMPLETED' ? 'ok' : run.status === 'FAILED' ? 'bad' : 'accent'}>
                  {t(run.status)}
                </Chip>
                {isOpen && (
                  <>
                    <Button
                      variant="outline"
                      busy={busy === 'pause' || busy === 'resume'}
                      onClick={() => void act(run.status === 'PAUSED' ? 'resume' : 'pause')}
                    >
                      {run.status === 'PAUSED' ? t('resume') : t('pause')}
                    </Button>
                    <Button variant="risky" busy={busy === 'cancel'} onClick={() => void act('cancel')}>
                      {t('cancel')}
                    </Button>
                  </>
                )}
              </>
            }
          >
            <Outcome run={run} words={t('running')} />
            <p className="mt-5 text-sm text-fg-3">
              {isOpen ? (
                t('leaveIt')
              ) : (
                <Link to="/contacts" className="font-medium text-accent-text underline">
                  {t('toContacts')}
                </Link>
              )}
            </p>
          </Panel>
        )}
      </div>
    </Page>
  );
}
