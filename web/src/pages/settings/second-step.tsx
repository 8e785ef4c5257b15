import { useQuery } from '@tanstack/react-query';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { date } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Button } from '../../ui/button';
import { Copy } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { t } from './t';

const Qr = lazy(() => import('../../ui/qr'));
type State = { is_on: boolean; confirmed_at: string | null; recovery_codes_left: number };
type Made = { secret: string; uri: string };
const PATH = '/users/me/second-step/';

/** A code of one's phone besides the password. */
export function SecondStep() {
  const { data, refetch } = useQuery({
    queryKey: ['second-step'],
    queryFn: ({ signal }) => request<State>(PATH, { signal }),
  });
  const [dialog, setDialog] = useState<'on' | 'off'>();
  if (!data) return null;
  const close = () => {
    setDialog(undefined);
    void refetch();
  };
  return (
    <Panel
      title={t('second')}
      about={
        data.is_on && data.confirmed_at
          ? t('secondOn', { time: date(data.confirmed_at), n: data.recovery_codes_left })
          : t('secondOff')
      }
      actions={
        <Button variant="outline" onClick={() => setDialog(data.is_on ? 'off' : 'on')}>
          {data.is_on ? t('turnOff') : t('turnOn')}
        </Button>
      }
    >
      {dialog === 'on' && <TurnOn onClose={close} />}
      {dialog === 'off' && <TurnOff onClose={close} />}
    </Panel>
  );
}

type AskProps = { title: string; action: string; onClose: () => void; onDone: (password: string) => Promise<void> };
/** The password again, before what a borrowed browser must not do. */
function Ask({ title, action, onClose, onDone }: AskProps) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    try {
      await onDone(String(new FormData(event.currentTarget).get('password') ?? ''));
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      size="sm"
      actions={
        <Button form="again" type="submit" variant="primary" busy={busy}>
          {action}
        </Button>
      }
    >
      <form id="again" onSubmit={submit} noValidate>
        <Field label={t('yourPassword')} errors={problem && (problem.errors.password ?? [problem.message])}>
          <Input name="password" type="password" autoComplete="current-password" autoFocus />
        </Field>
      </form>
    </Dialog>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const off = async (password: string) => {
    await request(`${PATH}remove/`, { method: 'POST', body: JSON.stringify({ password }) });
    toast(t('isOff'));
    onClose();
  };
  return <Ask title={t('turnOffTitle')} action={t('turnOff')} onClose={onClose} onDone={off} />;
}

function TurnOn({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Made>();
  const [codes, setCodes] = useState<string[]>();
  const begin = async (password: string) =>
    setMade(await request<Made>(PATH, { method: 'POST', body: JSON.stringify({ password }) }));
  if (codes) return <Codes codes={codes} onClose={onClose} />;
  if (made) return <Scan made={made} onClose={onClose} onDone={setCodes} />;
  return <Ask title={t('second')} action={t('turnOn')} onClose={onClose} onDone={begin} />;
}

type ScanProps = { made: Made; onClose: () => void; onDone: (codes: string[]) => void };
function Scan({ made, onClose, onDone }: ScanProps) {
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code') ?? '');
    try {
      const init = { method: 'POST', body: JSON.stringify({ code }) };
      onDone((await request<{ recovery_codes: string[] }>(`${PATH}confirm/`, init)).recovery_codes);
    } catch (error) {
      setProblem(Problem.of(error));
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('scan')}
      size="sm"
      actions={
        <Button form="scan" type="submit" variant="primary">
          {t('confirm')}
        </Button>
      }
    >
      <div className="flex flex-col items-center gap-3">
        <Suspense fallback={<span className="size-44 rounded-lg bg-sunken" />}>
          <Qr value={made.uri} label={t('scan')} size={176} />
        </Suspense>
        <p className="text-xs text-fg-3">{t('orType')}</p>
        <code className="rounded-lg bg-sunken px-2.5 py-1.5 font-mono text-xs break-all select-all">
          {made.secret.match(/.{1,4}/g)?.join(' ')}
        </code>
      </div>
      <form id="scan" onSubmit={submit} className="mt-4" noValidate>
        <Field label={t('code')} errors={problem && (problem.errors.code ?? [problem.message])}>
          <Input name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus />
        </Field>
      </form>
    </Dialog>
  );
}

function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={() => {}}
      title={t('codesTitle')}
      about={t('codesAbout')}
      size="sm"
      actions={
        <>
          <Copy value={codes.join('\n')} />
          <Button
            variant="primary"
            onClick={() => {
              toast(t('isOn'));
              onClose();
            }}
          >
            {t('codesSaved')}
          </Button>
        </>
      }
    >
      <ul className="grid grid-cols-2 gap-2 rounded-lg bg-sunken p-3 font-mono text-sm">
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
