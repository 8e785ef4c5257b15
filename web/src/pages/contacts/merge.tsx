import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient, request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Failed, Skeleton } from '../../ui/states';
import { type Contact, nameOf } from './contacts';
import { t } from './t';

type Side = 'this' | 'other';
type Compared = { field: string; this: unknown; other: unknown; result: unknown };
type Preview = { fields: Compared[]; moves: { messages: number; broadcasts: number; chats: number } };
type Props = { pair: [Contact, Contact]; onClose: () => void; onDone: () => void };

const shown = (value: unknown) =>
  value == null || value === '' ? '–' : Array.isArray(value) ? value.join(', ') : String(value);
const words = (field: string) => field.replace(/^custom\./, '').replaceAll('_', ' ');

/** Two records of one person side by side: which one stays, and whose word counts. */
export function MergeDialog({ pair, onClose, onDone }: Props) {
  const [swapped, setSwapped] = useState(false);
  const [keep, other] = swapped ? [pair[1], pair[0]] : pair;
  const [choices, setChoices] = useState<Record<string, Side>>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [, setFilter] = useFilters();
  const given = { other: other.id, fields: choices };
  const asked = JSON.stringify(given);
  const preview = useQuery({
    queryKey: ['contacts', 'merge', keep.id, asked],
    queryFn: ({ signal }) =>
      request<Preview>(`/contacts/${keep.id}/merge/preview/`, { method: 'POST', body: asked, signal }),
    placeholderData: (before) => before,
    retry: false,
  });
  const merge = async () => {
    setBusy(true);
    try {
      await api.POST('/contacts/{id}/merge/', { params: { path: { id: keep.id } }, body: given as never });
      void queryClient.invalidateQueries();
      toast(t('merged'), { undo: () => void undo(keep.id, other.id) });
      onDone();
      onClose();
      setFilter({ open: keep.id });
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      size="lg"
      title={t('mergeTitle')}
      about={t('mergeAbout', { name: nameOf(keep) })}
      actions={
        <>
          <Button
            variant="ghost"
            className="me-auto"
            onClick={() => {
              setSwapped(!swapped);
              setChoices({});
            }}
          >
            <ArrowLeftRight size={15} aria-hidden="true" />
            {t('swap')}
          </Button>
          <Button variant="primary" busy={busy} onClick={merge}>
            {t('mergeNow')}
          </Button>
        </>
      }
    >
      {preview.isPending ? (
        <Skeleton rows={4} />
      ) : !preview.data ? (
        <Failed error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <>
          {preview.data.fields.length ? (
            <table className="w-full text-sm">
              <thead className="text-start text-xs text-fg-3">
                <tr>
                  <th className="py-2 text-start font-medium">{t('field')}</th>
                  <th className="text-start font-medium">{nameOf(keep)}</th>
                  <th className="text-start font-medium">{nameOf(other)}</th>
                </tr>
              </thead>
              <tbody>
                {preview.data.fields.map((one) => (
                  <Row
                    key={one.field}
                    one={one}
                    onPick={(side) => setChoices({ ...choices, [one.field]: side })}
                    chosen={choices[one.field]}
                  />
                ))}
              </tbody>
            </table>
          ) : (
            <p className="text-sm text-fg-2">{t('noDifference')}</p>
          )}
          <p className="mt-4 text-sm text-fg-3">{t('moves', { n: preview.data.moves.messages })}</p>
        </>
      )}
      {problem && (
        <p role="alert" className="mt-3 text-sm text-bad">
          {problem.message}
        </p>
      )}
    </Dialog>
  );
}

type RowProps = { one: Compared; chosen: Side | undefined; onPick: (side: Side) => void };
function Row({ one, chosen, onPick }: RowProps) {
  const stands: Side | undefined =
    chosen ??
    (shown(one.result) === shown(one.this) ? 'this' : shown(one.result) === shown(one.other) ? 'other' : undefined);
  return (
    <tr className="border-t border-line">
      <th className="py-2 pe-3 text-start font-normal text-fg-3 capitalize">{words(one.field)}</th>
      {(['this', 'other'] as const).map((side) => (
        <td key={side} className="py-1 pe-2">
          <button
            type="button"
            aria-pressed={stands === side}
            onClick={() => onPick(side)}
            dir="auto"
            className={`w-full rounded-lg border px-2.5 py-1.5 text-start ${stands === side ? 'border-accent-text bg-accent-soft' : 'border-line-2 text-fg-2 hover:bg-sunken'}`}
          >
            {shown(one[side])}
          </button>
        </td>
      ))}
    </tr>
  );
}

export async function undo(id: string, other: string) {
  try {
    await request(`/contacts/${id}/merges/${other}/undo/`, { method: 'POST' });
    toast(t('mergeUndone'));
  } catch (error) {
    toast(Problem.of(error).message, { kind: 'failed' });
  }
  void queryClient.invalidateQueries();
}
