import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Copy, Ellipsis, Pause, Pencil, Play, RotateCcw, Send, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../lib/api';
import { useHotkeys } from '../../lib/hotkeys';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { count, dateTime, lasting } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { useOffer } from '../../shell/commands';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { Menu, MenuItem, MenuSep } from '../../ui/menu';
import { Missing } from '../../ui/missing';
import { Page } from '../../ui/page';
import { Panel, Stat } from '../../ui/panel';
import { Progress } from '../../ui/progress';
import { Back } from './back';
import {
  type Action,
  act,
  type Broadcast,
  broadcastQuery,
  ended,
  isOpen,
  isRunning,
  length,
  parts,
  TONES,
} from './broadcasts';
import { read } from './draft';
import { Live } from './live';
import { Phone } from './phone';
import { Recipients } from './recipients';
import { ResultsPanel } from './results';
import { t } from './t';

export default function BroadcastPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery(broadcastQuery(id));
  if (!query.data) return <Missing title={t('title')} back={<Back />} query={query} gone={t('gone')} />;
  return <Shown one={query.data} />;
}

function Shown({ one }: { one: Broadcast }) {
  const navigate = useNavigate();
  const manages = useIsAtLeast('MANAGER');
  const [busy, setBusy] = useState('');
  const [asking, setAsking] = useState<'cancel' | 'remove'>();
  const run = async (action: Action) => {
    setBusy(action);
    try {
      const next = await act(one.id, action);
      if (action === 'duplicate') await navigate({ to: `/broadcasts/${next.id}/edit` });
    } catch (failure) {
      toast(Problem.of(failure).message, { kind: 'failed' });
    }
    setBusy('');
  };
  const turn = () => void run(one.status === 'PAUSED' ? 'resume' : 'pause');
  useHotkeys({ p: turn }, manages && (isRunning(one) || one.status === 'PAUSED'));
  useHotkeys({ d: () => void run('duplicate') }, manages);
  useOffer('broadcast', {
    shortcuts: [
      {
        group: t('title'),
        rows: [
          ['P', t('keysPause')],
          ['D', t('keysDuplicate')],
        ],
      },
    ],
  });
  const remove = async () => {
    await api.DELETE('/broadcast/{id}/', { params: { path: { id: one.id } } });
    toast(t('removed'));
    void queryClient.invalidateQueries({ queryKey: ['broadcasts'] });
    await navigate({ to: '/broadcasts', replace: true });
  };
  const left = Math.max(0, (one.total ?? 0) - ended(one));
  const isWaiting = one.status === 'DRAFT' || one.status === 'SCHEDULED';
  return (
    <Page
      title={one.name}
      back={<Back />}
      actions={
        <>
          {manages && isRunning(one) && (
            <Button variant="outline" busy={busy === 'pause'} onClick={turn}>
              <Pause size={14} aria-hidden="true" />
              {t('pause')}
            </Button>
          )}
          {manages && one.status === 'PAUSED' && (
            <Button variant="primary" busy={busy === 'resume'} onClick={turn}>
              <Play size={14} aria-hidden="true" />
              {t('resume')}
            </Button>
          )}
          {manages && isWaiting && (
            <>
              <EditLink id={one.id} />
              <Button variant="primary" busy={busy === 'start'} onClick={() => void run('start')}>
                <Send size={14} aria-hidden="true" />
                {t('start')}
              </Button>
            </>
          )}
          {manages && (
            <Menu
              trigger={
                <Button variant="ghost" size="icon" aria-label={t('status')}>
                  <Ellipsis size={17} aria-hidden="true" />
                </Button>
              }
            >
              <MenuItem icon={<Copy size={15} />} hint="D" onSelect={() => void run('duplicate')}>
                {t('duplicate')}
              </MenuItem>
              {one.failed > 0 && !isOpen(one) && (
                <MenuItem icon={<RotateCcw size={15} />} onSelect={() => void run('retry_failed')}>
                  {t('retryFailed')}
                </MenuItem>
              )}
              {one.unknown > 0 && !isOpen(one) && (
                <MenuItem icon={<RotateCcw size={15} />} onSelect={() => void run('retry_unknown')}>
                  {t('retryUnknown')}
                </MenuItem>
              )}
              {(isOpen(one) || isWaiting) && <MenuSep />}
              {isOpen(one) && (
                <MenuItem icon={<X size={15} />} onSelect={() => setAsking('cancel')}>
                  {t('cancel')}
                </MenuItem>
              )}
              {isWaiting && (
                <MenuItem icon={<Trash2 size={15} />} onSelect={() => setAsking('remove')}>
                  {t('remove')}
                </MenuItem>
              )}
            </Menu>
          )}
        </>
      }
    >
      <div className="mx-auto grid grid-cols-1 max-w-6xl gap-6 p-4 md:p-6 lg:grid-cols-[minmax(0,1fr)_330px]">
        <div className="min-w-0 space-y-5">
          <Numbers one={one} left={left} />
          {one.started_at && <Live one={one} />}
          {one.started_at && <ResultsPanel one={one} />}
          {one.total != null && <Recipients one={one} />}
        </div>
        <Phone draft={read(one)} />
      </div>
      <Confirm
        open={asking === 'cancel'}
        danger
        title={t('cancelTitle', { name: one.name })}
        about={t('cancelAbout', { n: left })}
        action={t('cancel')}
        onClose={() => setAsking(undefined)}
        onConfirm={() => act(one.id, 'cancel')}
      />
      <Confirm
        open={asking === 'remove'}
        danger
        title={t('removeTitle', { name: one.name })}
        about={t('removeAbout')}
        action={t('remove')}
        onClose={() => setAsking(undefined)}
        onConfirm={remove}
      />
    </Page>
  );
}

const EditLink = ({ id }: { id: string }) => (
  <Link
    to={`/broadcasts/${id}/edit`}
    className="inline-flex h-8 items-center gap-2 rounded-lg border border-line-2 px-3 text-sm font-medium hover:bg-sunken"
  >
    <Pencil size={14} aria-hidden="true" />
    {t('edit')}
  </Link>
);

const REASONS = { schedule: 'schedule_', daily_limit: 'daily_limit', retry_after: 'retry_after' } as const;
/** Why nothing of it leaves now, and when it goes on. */
function Waits({ one }: { one: Broadcast }) {
  const { waiting_for, next_attempt_at } = one as Broadcast & { waiting_for?: string; next_attempt_at?: string };
  const key = REASONS[waiting_for as keyof typeof REASONS];
  if (!key || !next_attempt_at || one.status === 'SCHEDULED') return null;
  return <span className="text-sm text-warn">{t(key, { time: dateTime(next_attempt_at) })}</span>;
}

function Numbers({ one, left }: { one: Broadcast; left: number }) {
  const when = one.status === 'SCHEDULED' && one.scheduled_time ? dateTime(one.scheduled_time) : undefined;
  return (
    <Panel>
      <div className="flex flex-wrap items-center gap-3">
        <Chip tone={TONES[one.status]}>{t(one.status)}</Chip>
        {when && <span className="text-sm text-fg-2">{when}</span>}
        <Waits one={one} />
        {one.status_reason && <span className="text-sm text-warn">{one.status_reason}</span>}
        {one.status === 'PAUSED' && <span className="text-sm text-fg-2">{t('resumeAbout', { n: left })}</span>}
        {isRunning(one) && (
          <span className="text-sm text-fg-2 tabular-nums" role="status">
            {one.total == null
              ? t('counting')
              : one.eta_seconds != null && t('eta', { time: length(one.eta_seconds, lasting) })}
          </span>
        )}
        <span className="ms-auto text-sm font-semibold tabular-nums">{Math.floor(one.progress * 100)} %</span>
      </div>
      <Progress label={t('progress')} max={one.total ?? 0} parts={parts(one)} className="mt-3 h-2" />
      <dl className="mt-5 grid grid-cols-3 gap-x-4 gap-y-5 md:grid-cols-6">
        <Stat label={t('total')} value={one.total == null ? '–' : count(one.total)} />
        <Stat label={t('sent')} value={count(one.sent)} tone="text-ok" />
        <Stat label={t('failed')} value={count(one.failed)} tone={one.failed ? 'text-bad' : ''} />
        <Stat label={t('blocked')} value={count(one.blocked)} />
        <Stat label={t('skipped')} value={count(one.skipped)} />
        {one.unknown || one.cancelled ? (
          <Stat
            label={one.unknown ? t('unknown') : t('cancelled')}
            value={count(one.unknown || one.cancelled)}
            tone={one.unknown ? 'text-warn' : ''}
          />
        ) : (
          <Stat label={t('left')} value={one.total == null ? '–' : count(left)} />
        )}
      </dl>
      {one.started_at && (
        <p className="mt-4 text-xs text-fg-3">
          {t('started')} {dateTime(one.started_at)}
          {one.finished_at && ` · ${t('ends')} ${dateTime(one.finished_at)}`}
        </p>
      )}
    </Panel>
  );
}
