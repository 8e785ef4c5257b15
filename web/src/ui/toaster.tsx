import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { t } from '../i18n/shell';
import { dismiss, type Toast, useToasts } from '../lib/toasts';

/** Where toasts appear; screen readers hear them. */
export function Toaster() {
  const toasts = useToasts();
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex flex-col items-center gap-2 px-3 md:bottom-6"
    >
      {toasts.map((toast) => (
        <Row key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function Row({ toast }: { toast: Toast }) {
  const Icon = toast.kind === 'failed' ? CircleAlert : CircleCheck;
  const act = (run: () => void) => () => {
    dismiss(toast.id);
    run();
  };
  return (
    <div className="pointer-events-auto flex max-w-full animate-pop items-center gap-3 rounded-xl bg-fg py-2 ps-3.5 pe-2 text-sm text-surface shadow-pop">
      <Icon size={16} aria-hidden="true" className="shrink-0" />
      <span className="min-w-0">{toast.text}</span>
      {toast.undo && (
        <button
          type="button"
          onClick={act(toast.undo)}
          className="rounded-md px-2 py-1 font-semibold hover:bg-surface/15"
        >
          {t('undo')}
        </button>
      )}
      {toast.action && (
        <button
          type="button"
          onClick={act(toast.action.run)}
          className="rounded-md px-2 py-1 font-semibold hover:bg-surface/15"
        >
          {toast.action.label}
        </button>
      )}
      <button
        type="button"
        onClick={() => dismiss(toast.id)}
        aria-label={t('dismiss')}
        className="rounded-md p-1 hover:bg-surface/15"
      >
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
