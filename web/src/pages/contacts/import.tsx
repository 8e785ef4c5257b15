import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, body, queryClient } from '../../lib/api';
import { cx } from '../../lib/cx';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { count, listTime } from '../../lib/time';
import { upload } from '../../lib/upload';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Page } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { Progress } from '../../ui/progress';
import { NoPermission } from '../../ui/states';
import { Back } from './back';
import { type Import, importQuery } from './contacts';
import { Steps } from './import-steps';
import { t } from './t';

/** A file goes to the server, which waits for somebody to say how it is read. */
export default function ImportPage() {
  const manages = useIsAtLeast('MANAGER');
  return (
    <Page title={t('importTitle')} back={<Back />}>
      <div className="mx-auto max-w-3xl space-y-5 p-4 md:p-6">
        {!manages ? (
          <NoPermission who="Manager" />
        ) : (
          <>
            <Steps now="s1" />
            <Drop />
            <Earlier />
          </>
        )}
      </div>
    </Page>
  );
}

type Sending = { name: string; share: number; stop: AbortController };
function Drop() {
  const navigate = useNavigate();
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<Sending>();
  const [problem, setProblem] = useState<Problem>();
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (!file || sending) return;
    const stop = new AbortController();
    const form = new FormData();
    form.set('draft', 'true');
    form.set('file', file, file.name);
    setProblem(undefined);
    setSending({ name: file.name, share: 0, stop });
    const onProgress = (share: number) => setSending({ name: file.name, share, stop });
    try {
      const key = crypto.randomUUID();
      const made = await upload<Import>({ path: '/contacts/import/', form, key, onProgress, signal: stop.signal });
      queryClient.setQueryData(importQuery(made.id).queryKey, made);
      await navigate({ to: `/contacts/import/${made.id}` });
    } catch (error) {
      if (!stop.signal.aborted) setProblem(Problem.of(error));
    }
    setSending(undefined);
    // The same file can be chosen again.
    if (input.current) input.current.value = '';
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside is the first
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
      className={cx(
        'flex flex-col items-center gap-3 rounded-2xl border-2 border-dashed px-6 py-14 text-center',
        over ? 'border-accent-text bg-accent-soft' : 'border-line-2',
      )}
    >
      <FileUp size={34} strokeWidth={1.4} className="text-fg-3" aria-hidden="true" />
      {sending ? (
        <>
          <p className="max-w-full truncate font-medium" dir="auto">
            {sending.name}
          </p>
          <Progress label={t('uploading')} max={1} parts={[{ value: sending.share }]} className="h-2 max-w-80" />
          <p className="text-sm text-fg-3 tabular-nums" role="status">
            {t('uploading')} {Math.floor(sending.share * 100)}%
          </p>
          <Button variant="outline" onClick={() => sending.stop.abort()}>
            {t('cancel')}
          </Button>
        </>
      ) : (
        <>
          <p className="font-medium">{t('drop')}</p>
          <p className="text-sm text-fg-3">{t('dropAbout')}</p>
          <label className="inline-flex h-9 items-center rounded-lg bg-accent px-4 text-sm font-medium text-on-accent focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent-text hover:bg-accent-hover">
            {t('choose')}
            <input
              ref={input}
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              className="sr-only"
              onChange={(event) => void take(event.target.files?.[0])}
            />
          </label>
        </>
      )}
      {problem && (
        <p role="alert" className="text-sm text-bad">
          {problem.words}
        </p>
      )}
    </div>
  );
}

const TONES = { FAILED: 'bad', COMPLETED: 'ok', RUNNING: 'accent' } as const;
function Earlier() {
  const query = { page_size: 5 };
  const { data } = useQuery({
    queryKey: ['imports'],
    queryFn: ({ signal }) => body(api.GET('/contacts/import/', { params: { query }, signal })),
  });
  const runs = (data?.results ?? []) as Import[];
  if (!runs.length) return null;
  return (
    <Panel title={t('lastImports')}>
      <ul className="divide-y divide-line text-sm">
        {runs.map((run) => (
          <li key={run.id} className="flex items-center gap-3 py-2">
            <Link to={`/contacts/import/${run.id}`} className="min-w-0 flex-1 truncate font-medium hover:underline">
              {run.file_name ?? run.id}
            </Link>
            <span className="text-fg-3 tabular-nums">{count(run.rows_read)}</span>
            <Chip tone={TONES[run.status as keyof typeof TONES] ?? 'plain'}>{t(run.status)}</Chip>
            <time className="w-16 text-end text-xs text-fg-3">{listTime(run.created_at)}</time>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
