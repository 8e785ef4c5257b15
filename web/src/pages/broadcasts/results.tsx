import { useQuery } from '@tanstack/react-query';
import { request } from '../../lib/api';
import { count } from '../../lib/time';
import { Panel, Stat } from '../../ui/panel';
import { type Broadcast, reasonWords } from './broadcasts';
import { t } from './t';

type Results = {
  reasons: Record<string, Record<string, number>>;
  replies: number;
  clicked: number;
  clicks: number;
  links: { url: string; clicked: number; clicks: number }[];
};

/** What came of it: who answered, who followed a link, and why some did not get it. */
export function ResultsPanel({ one }: { one: Broadcast }) {
  const { data } = useQuery({
    queryKey: ['broadcasts', 'results', one.id],
    queryFn: ({ signal }) => request<Results>(`/broadcast/${one.id}/results/`, { signal }),
    refetchInterval: 15_000,
    retry: false,
  });
  if (!data) return null;
  const reasons = Object.entries(data.reasons).flatMap(([status, by]) =>
    Object.entries(by).map(([reason, n]) => ({ key: `${status}.${reason}`, words: reasonWords(reason), n })),
  );
  return (
    <Panel title={t('results')}>
      <dl className="grid grid-cols-3 gap-4">
        <Stat label={t('replies')} value={count(data.replies)} />
        {data.links.length > 0 && <Stat label={t('clicked')} value={count(data.clicked)} />}
      </dl>
      {reasons.length > 0 && (
        <ul className="mt-4 space-y-1 border-t border-line pt-3 text-sm text-fg-2">
          {reasons.map(({ key, words, n }) => (
            <li key={key} className="flex justify-between gap-4">
              <span>{words}</span>
              <span className="tabular-nums">{count(n)}</span>
            </li>
          ))}
        </ul>
      )}
      {data.links.length > 0 && (
        <ul className="mt-4 space-y-1 border-t border-line pt-3 text-sm">
          {data.links.map((link) => (
            <li key={link.url} className="flex justify-between gap-4">
              <span className="min-w-0 truncate">{link.url}</span>
              <span className="tabular-nums">{count(link.clicked)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
