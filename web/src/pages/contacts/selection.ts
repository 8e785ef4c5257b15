import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '../../lib/api';
import { strip } from '../../lib/listing';
import type { Target } from './jobs';

const NOBODY: ReadonlySet<string> = new Set();
type Filter = Record<string, string>;

/** Who is chosen: some of the rows, or everybody whom the filters mean, also beyond the rows that are loaded. */
export function useSelection(filter: Filter, rows: number, hasMore: boolean) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(NOBODY);
  const [everyOf, setEveryOf] = useState<string>();
  const name = JSON.stringify(filter);
  // Other filters mean other people: the choice of everybody does not outlive them.
  const isEverybody = everyOf === name;
  const isAllShown = selected.size > 0 && selected.size === rows && hasMore;
  const { data: total } = useQuery({
    queryKey: ['contacts', 'count', filter],
    queryFn: async ({ signal }) => {
      const query = strip({ ...filter, page_size: 1, count: true }) as never;
      return (await body<{ count?: number | null }>(api.GET('/contacts/', { params: { query }, signal }))).count ?? 0;
    },
    enabled: isAllShown,
  });
  const choose = (ids: ReadonlySet<string>) => {
    setSelected(ids);
    setEveryOf(undefined);
  };
  const target: Target = isEverybody ? { filter } : { ids: [...selected] };
  return {
    selected,
    choose,
    clear: () => choose(NOBODY),
    target,
    n: isEverybody ? (total ?? selected.size) : selected.size,
    all: isAllShown && !isEverybody && total ? { n: total, choose: () => setEveryOf(name) } : undefined,
  };
}
