import type { ReactNode } from 'react';

/** A quiet card in the middle, for the pages before the shell. */
export function Frame({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  return (
    <main className="flex h-full flex-col items-center overflow-y-auto bg-canvas px-4 py-[max(2rem,10vh)]">
      <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="Jina Connect" width={44} height={44} className="mb-6" />
      <div className="w-full max-w-[400px] rounded-2xl bg-surface p-6 shadow-pop">
        <h1 className="text-lg font-semibold tracking-[-0.01em]">{title}</h1>
        {about && <p className="mt-1 text-sm text-fg-3">{about}</p>}
        <div className="mt-5">{children}</div>
      </div>
    </main>
  );
}
