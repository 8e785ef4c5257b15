import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, body, queryClient } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { useListing } from '../../lib/listing';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Page } from '../../ui/page';
import { Empty, Failed, NoPermission, Skeleton } from '../../ui/states';
import { Table } from '../../ui/table';
import { columns, type Key } from './columns';
import { type Made, NewKey, Shown } from './new-key';
import { useRevoked } from './revoked';
import { t } from './t';

export default function KeysPage() {
  const allowed = useIsAtLeast('ADMIN');
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Made>();
  const { rows, more, query } = useListing<Key>(
    ['keys'],
    ({ cursor, signal }) => api.GET('/tenants/tenant-access-keys/', { params: { query: { cursor } }, signal }),
    { enabled: allowed },
  );
  const revoked = useRevoked();
  const make = () => setMaking(true);
  useHotkeys({ n: make }, allowed);
  useOffer('keys', {
    commands: allowed
      ? [{ id: 'new-key', group: t('title'), label: t('newKey'), keys: 'N', icon: Plus, run: make }]
      : [],
    shortcuts: [{ group: t('title'), rows: [['N', t('newKey')]] }],
  });
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      toast(Problem.of(error).message, { kind: 'failed' });
    }
    void queryClient.invalidateQueries({ queryKey: ['keys'] });
  };
  const at = (key: Key) => ({ params: { path: { id: key.id } } });
  const revoke = (key: Key) =>
    attempt(async () => {
      await api.DELETE('/tenants/tenant-access-keys/{id}/', at(key));
      revoked.keep(key);
    });
  const restore = (key: Key) =>
    attempt(async () => {
      await api.POST('/tenants/tenant-access-keys/{id}/restore/', at(key));
      await queryClient.invalidateQueries({ queryKey: ['keys'] });
      revoked.forget(key.id);
    });
  const rotate = (key: Key) =>
    attempt(async () => setMade(await body(api.POST('/tenants/tenant-access-keys/{id}/rotate/', at(key)))));
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        allowed && (
          <Button variant="primary" onClick={make}>
            <Plus size={15} aria-hidden="true" /> {t('create')}
          </Button>
        )
      }
    >
      {!allowed ? (
        <NoPermission who="Admin" />
      ) : query.isPending ? (
        <Skeleton />
      ) : query.isError && !rows.length ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Table
          label={t('list')}
          columns={columns({ rotate, revoke, restore, isRevoked: revoked.has })}
          rows={revoked.among(rows)}
          id={(key) => key.id}
          onEnd={more}
          empty={
            <Empty
              icon={<KeyRound size={34} strokeWidth={1.4} />}
              title={t('empty')}
              about={t('emptyAbout')}
              action={
                <a href="/docs/" className="text-sm font-medium text-accent-text underline">
                  {t('docs')}
                </a>
              }
            />
          }
        />
      )}
      {making && <NewKey onClose={() => setMaking(false)} />}
      {made && <Shown made={made} about={t('rotated')} onClose={() => setMade(undefined)} />}
    </Page>
  );
}
