import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

type Props = { icon: LucideIcon; title: string; steps: string[]; children: ReactNode };

/** A list that is still empty: what to do step by step, and the way to begin. */
export function FirstSteps({ icon: Icon, title, steps, children }: Props) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-[8vh] text-center">
      <span className="flex size-16 items-center justify-center rounded-2xl bg-accent-soft text-accent-text">
        <Icon size={32} strokeWidth={1.5} aria-hidden="true" />
      </span>
      <h2 className="mt-5 text-lg font-semibold">{title}</h2>
      <Steps steps={steps} />
      <div className="mt-6 flex flex-col items-center gap-3">{children}</div>
    </div>
  );
}

export const Steps = ({ steps }: { steps: string[] }) => (
  <ol className="mt-4 w-full space-y-3 text-start">
    {steps.map((step, at) => (
      <li key={step} className="flex items-start gap-3 text-sm text-fg-2">
        <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-fg">
          {at + 1}
        </span>
        <span className="min-w-0 pt-0.5 break-words">{step}</span>
      </li>
    ))}
  </ol>
);
