import type { ReactNode } from 'react';
import { Problem } from '../lib/problem';
import { Page } from './page';
import { Failed, Skeleton } from './states';

type Props = {
  title: string;
  back: ReactNode;
  query: { error: unknown; isPending: boolean; refetch: () => unknown };
  /** What is said when there is no such thing. */
  gone: string;
};

/** The page of one thing while the thing is not there: it is coming, it failed, or there is none. */
export const Missing = ({ title, back, query, gone }: Props) => (
  <Page title={title} back={back}>
    {query.isPending ? (
      <Skeleton />
    ) : (
      <Failed
        error={query.error}
        {...(Problem.of(query.error).status === 404 && { title: gone })}
        onRetry={() => void query.refetch()}
      />
    )}
  </Page>
);
