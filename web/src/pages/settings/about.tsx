import { useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../lib/api';
import { Facts, Panel } from '../../ui/panel';
import { t } from './t';

export function About() {
  const version = useQuery({
    queryKey: ['version'],
    queryFn: ({ signal }) => body<Schemas['Version']>(api.GET('/version/', { signal })),
  });
  const health = useQuery({
    queryKey: ['ready'],
    queryFn: ({ signal }) => body<Schemas['Health']>(api.GET('/readyz', { signal })),
    retry: false,
  });
  return (
    <Panel title={t('about')}>
      <Facts
        rows={[
          [t('version'), version.data?.version],
          [t('commit'), version.data?.commit],
          [t('address'), location.origin],
          [
            t('health'),
            health.isError ? (
              <span key="h" className="text-bad">
                {t('unhealthy')}
              </span>
            ) : (
              health.data && (
                <span key="h" className="text-ok">
                  {t('healthy')}
                </span>
              )
            ),
          ],
          [
            t('description'),
            <a key="d" href="/docs/" className="text-accent-text underline">
              /docs/
            </a>,
          ],
          [t('licence'), t('licenceIs')],
        ]}
      />
    </Panel>
  );
}
