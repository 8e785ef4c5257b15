import { type ReactNode, useEffect, useState } from 'react';
import { t } from '../i18n/shell';
import { cx } from '../lib/cx';
import { Problem } from '../lib/problem';
import { Button } from './button';

/** Grey shapes of what is coming, shown only when it takes longer than a blink. */
export function Skeleton({ rows = 8, height = 40, label }: { rows?: number; height?: number; label?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-busy="true" aria-label={label ?? t('loading')} className={cx(!late && 'invisible')}>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: static placeholders
        <div key={at} className="flex animate-pulse items-center gap-4 border-b border-line px-4" style={{ height }}>
          <i className="block h-3 w-1/5 rounded bg-sunken" />
          <i className="block h-3 w-2/5 rounded bg-sunken" />
          <i className="block h-3 w-1/6 rounded bg-sunken max-md:hidden" />
        </div>
      ))}
    </div>
  );
}

/** One sentence and the one next action. */
export function Empty(props: { icon?: ReactNode; title: string; about?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center px-8 py-16 text-center">
      {props.icon && <span className="mb-3 text-fg-3">{props.icon}</span>}
      <p className="font-medium">{props.title}</p>
      {props.about && <p className="mt-1 max-w-md text-sm text-fg-3">{props.about}</p>}
      {props.action && <div className="mt-4">{props.action}</div>}
    </div>
  );
}

/** What failed, Retry, and what to name to the operator. */
export function Failed({ error, title, onRetry }: { error: unknown; title?: string; onRetry?: () => void }) {
  const problem = Problem.of(error);
  const words = problem.isOffline ? t('unreachable') : problem.message;
  return (
    <div role="alert" className="flex flex-col items-center px-8 py-16 text-center">
      <p className="font-medium">{title ?? t('failed')}</p>
      <p className="mt-1 max-w-md text-sm text-fg-2">{words}</p>
      {onRetry && (
        <Button variant="outline" className="mt-4" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
      {problem.requestId && <p className="mt-3 text-2xs text-fg-3">{t('requestId', { id: problem.requestId })}</p>}
    </div>
  );
}

/** Instead of what one may not see: who can grant it. */
export const NoPermission = ({ who }: { who: string }) => <Empty title={t('noPermission', { who })} />;
