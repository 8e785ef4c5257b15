import { Pencil, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button';
import { Tabs } from '../../ui/tabs';
import type { Segment } from './contacts';
import { t } from './t';

const SegmentDialog = lazy(() => import('./segment'));
type Props = { segments: Segment[]; value: string; onChange: (id: string) => void; manages: boolean };

/** Saved groups of people as tabs. */
export function SegmentBar({ segments, value, onChange, manages }: Props) {
  const [editing, setEditing] = useState<Segment | 'new'>();
  const current = segments.find((one) => one.id === value);
  if (!segments.length && !manages) return null;
  return (
    <div className="flex items-center gap-2 border-b border-line px-3 py-1.5 md:px-5">
      <Tabs
        label={t('segments')}
        value={current?.id ?? ''}
        onChange={onChange}
        tabs={[{ key: '', label: t('everybody') }, ...segments.map(({ id, name }) => ({ key: id, label: name }))]}
      />
      {manages && current && (
        <Button variant="ghost" size="icon" aria-label={t('editSegment')} onClick={() => setEditing(current)}>
          <Pencil size={14} aria-hidden="true" />
        </Button>
      )}
      {manages && (
        <Button variant="ghost" size="sm" onClick={() => setEditing('new')}>
          <Plus size={14} aria-hidden="true" />
          {t('newSegment')}
        </Button>
      )}
      <Suspense>
        {editing && (
          <SegmentDialog
            segment={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(undefined)}
            onSaved={onChange}
          />
        )}
      </Suspense>
    </div>
  );
}
