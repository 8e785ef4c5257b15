import { useQuery } from '@tanstack/react-query';
import { FileText, Image, Play } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { request, type Schemas } from '../../lib/api';
import { cx } from '../../lib/cx';
import { renderEntities } from '../../lib/entities';
import { Problem } from '../../lib/problem';
import { clock } from '../../lib/time';
import { ChannelMark } from '../../ui/channel-mark';
import { Tabs } from '../../ui/tabs';
import { type Draft, hasContent as isSaid, shownOf } from './draft';
import { t } from './t';

type Part = {
  text: string;
  entities: Schemas['Entity'][];
  media: { type: string; media: string }[];
  buttons: { text: string }[][];
};
type Sample = { parts: Part[]; warnings: { code: string; message: string }[] };

/** The message as it will stand on a phone: made by the code that sends it. */
export function Phone({ draft, className }: { draft: Draft; className?: string }) {
  const [skin, setSkin] = useState<'light' | 'dark'>('light');
  const content = useDeferredValue(shownOf(draft));
  const hasContent = isSaid(draft);
  const asked = JSON.stringify(content);
  const { data, error } = useQuery({
    queryKey: ['broadcasts', 'preview', asked],
    queryFn: ({ signal }) => request<Sample>('/broadcast/preview/', { method: 'POST', body: asked, signal }),
    enabled: hasContent,
    placeholderData: (before) => before,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const problem = error ? Problem.of(error) : undefined;
  const parts = hasContent ? (data?.parts ?? []) : [];
  return (
    <aside aria-label={t('preview')} className={cx('md:sticky md:top-6 md:self-start', className)}>
      <div className="mb-2 flex items-center justify-between">
        <h2 className="text-sm font-medium">{t('preview')}</h2>
        <Tabs
          label={t('preview')}
          value={skin}
          onChange={setSkin}
          tabs={[
            { key: 'light', label: t('previewLight') },
            { key: 'dark', label: t('previewDark') },
          ]}
        />
      </div>
      <div
        data-theme={skin}
        className="mx-auto flex h-[520px] max-w-[330px] flex-col overflow-hidden rounded-[34px] border-[7px] border-line-2 bg-canvas text-fg"
      >
        <div className="flex items-center gap-2.5 bg-surface px-4 py-2.5">
          <ChannelMark platform={draft.platform} className="size-8 shrink-0" />
          <span className="min-w-0 flex-1 truncate text-sm font-semibold" dir="auto">
            {draft.name || t('newTitle')}
          </span>
        </div>
        <div className="flex min-h-0 flex-1 flex-col justify-end gap-1 overflow-y-auto p-3">
          {parts.length ? (
            parts.map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name
              <Bubble key={at} part={part} />
            ))
          ) : (
            <p className="m-auto text-sm text-fg-3">{t('previewEmpty')}</p>
          )}
        </div>
      </div>
      {problem && hasContent && (
        <div role="alert" className="mt-3 rounded-lg bg-bad-soft px-3 py-2 text-xs text-bad">
          <p className="font-medium">{t('previewFailed')}</p>
          <p>{Object.values(problem.errors).flat().join(' ') || problem.message}</p>
        </div>
      )}
      {!problem &&
        hasContent &&
        data?.warnings.map((warning) => (
          <p key={warning.message} className="mt-2 rounded-lg bg-warn-soft px-3 py-2 text-xs text-warn">
            {warning.message}
          </p>
        ))}
    </aside>
  );
}

function Bubble({ part }: { part: Part }) {
  return (
    <div className="w-[88%]">
      <div className="overflow-hidden rounded-2xl rounded-es-[5px] bg-in shadow-bubble">
        {part.media.map((item) => (
          <Picture key={item.media} item={item} />
        ))}
        {part.text && (
          <p dir="auto" className="px-3 pt-1.5 text-[14px] leading-5 break-words whitespace-pre-wrap">
            {renderEntities(part.text, part.entities)}
          </p>
        )}
        <p className="px-3 pb-1.5 text-end text-2xs text-fg-3 tabular-nums">{clock(Date.now())}</p>
      </div>
      {part.buttons.map((row) => (
        <div key={row.map((one) => one.text).join('|')} className="mt-1 flex gap-1">
          {row.map((button) => (
            <span
              key={button.text}
              className="flex-1 truncate rounded-lg bg-accent-soft px-2 py-2 text-center text-sm font-medium text-accent-text"
            >
              {button.text}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

/** What kind of media stands here; the picture itself is another server's, and this page asks no other server. */
function Picture({ item }: { item: Part['media'][number] }) {
  const Icon = item.type === 'photo' ? Image : item.type === 'document' ? FileText : Play;
  const name = item.media.split('/').pop() ?? item.media;
  return (
    <div
      className={cx(
        'flex flex-col items-center justify-center gap-2 bg-sunken text-fg-3',
        item.type === 'document' ? 'h-16' : 'h-40',
      )}
    >
      <Icon size={26} strokeWidth={1.5} aria-hidden="true" />
      <span className="max-w-full truncate px-3 text-2xs">{name}</span>
    </div>
  );
}
