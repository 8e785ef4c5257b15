import type { ReactNode } from 'react';
import { Failed, Skeleton } from './states';

type Props = {
  query: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
  rows: readonly unknown[];
  /** The shape of what is coming, where it is no table. */
  skeleton?: ReactNode;
  children: ReactNode;
};

/** A list, once it is there. What was there already stays when reading it anew fails. */
export function Loaded({ query, rows, skeleton = <Skeleton />, children }: Props) {
  if (query.isPending) return skeleton;
  if (query.isError && !rows.length) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return children;
}
