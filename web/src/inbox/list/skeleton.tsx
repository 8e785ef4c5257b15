import { t } from '../t';

export const ListSkeleton = () => (
  <div role="status" aria-busy="true" aria-label={t('loadingList')}>
    {Array.from({ length: 8 }, (_, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: static placeholders
      <div key={at} className="flex h-19 animate-pulse gap-3 border-b border-line px-4 py-2.5">
        <span className="size-10 rounded-full bg-sunken" />
        <span className="flex-1 space-y-2 pt-1">
          <i className="block h-3 w-2/5 rounded bg-sunken" />
          <i className="block h-3 w-4/5 rounded bg-sunken" />
        </span>
      </div>
    ))}
  </div>
);
