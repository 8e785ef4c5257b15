import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { request, type Schemas } from '../../lib/api';
import { cx } from '../../lib/cx';
import { renderEntities } from '../../lib/entities';
import { t } from '../t';

type Shown = { text: string; entities: Schemas['Entity'][] };

/** The words as they will arrive: made by the converter that sends them. */
export default function Preview({ text, isNote }: { text: string; isNote: boolean }) {
  const asked = useDeferredValue(text);
  const { data } = useQuery({
    queryKey: ['preview', asked],
    queryFn: ({ signal }) =>
      request<Shown>('/team-inbox/api/preview/', { method: 'POST', body: JSON.stringify({ text: asked }), signal }),
    enabled: !!asked.trim(),
    placeholderData: (before) => before,
    retry: false,
  });
  const shown = [data ?? { text: asked, entities: [] }];
  return (
    <div
      className="mx-2 mt-2 flex max-h-48 flex-col items-end gap-1 overflow-y-auto rounded-lg bg-canvas p-3"
      role="region"
      aria-label={t('preview')}
    >
      {shown.map((part, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: messages keep their order
          key={at}
          dir="auto"
          className={cx(
            'max-w-[85%] min-w-16 rounded-2xl rounded-ee-[5px] px-3 py-1.5 break-words whitespace-pre-wrap shadow-bubble',
            isNote ? 'border border-note-line bg-note text-note-fg' : 'bg-out text-out-fg',
          )}
        >
          {asked.trim() ? renderEntities(part.text, part.entities) : t('nothingYet')}
        </span>
      ))}
    </div>
  );
}
