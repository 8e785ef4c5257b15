import type { ReactNode } from 'react';

type Props = {
  title: string;
  /** What the page is for; phones have no room for it. */
  about?: ReactNode;
  /** How its work stands; shown everywhere. */
  status?: ReactNode;
  /** To the list of all: before the title on phones, at the end elsewhere. */
  back?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
};

/** The frame of every page but the inbox: its title, its actions, and a body that scrolls. */
export function Page({ title, about, status, back, actions, children }: Props) {
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2.5 md:px-6">
        {back && <div className="-ms-2 -me-3 md:order-1 md:mx-0">{back}</div>}
        <div className="min-w-0 flex-1 basis-28">
          <h1 className="truncate text-lg font-semibold tracking-[-0.01em]">{title}</h1>
          {about && <p className="text-sm text-fg-3 max-md:hidden">{about}</p>}
          {status && <p className="text-sm text-fg-3">{status}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2 md:order-2">{actions}</div>}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </div>
  );
}
