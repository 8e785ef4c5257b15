import { CalendarClock, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { api } from '../../lib/api';
import type { Conversation, Entry } from '../../lib/inbox';
import { Problem } from '../../lib/problem';
import { dateTime } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { setDraft } from '../data/drafts';
import { discard, type Outgoing, retry } from '../data/outbox';
import { change } from '../data/timeline';
import { t } from '../t';

/** Under a message that has not arrived: why, and what can be done. */
export function Trouble({ m, out, c }: { m: Entry; out: Outgoing | undefined; c: Conversation }) {
  if (out) return <OnItsWay out={out} />;
  switch (m.status) {
    case 'FAILED':
    case 'BLOCKED':
    case 'EXPIRED':
      return (
        <Line tone="text-bad">
          <span>{why(m)}</span>
          <Act onClick={() => again(m, c)}>
            <RotateCcw size={12} aria-hidden="true" />
            {t('retry')}
          </Act>
        </Line>
      );
    case 'UNKNOWN':
      return (
        <Line tone="text-warn">
          <span>{t('maybeArrived')}</span>
          <Act onClick={() => again(m, c)}>{t('sendAgain')}</Act>
        </Line>
      );
    case 'SCHEDULED':
      return (
        <Line tone="text-fg-3">
          <CalendarClock size={12} aria-hidden="true" />
          <span>{t('leavesAt', { time: dateTime(m.scheduled_time ?? m.created_at) })}</span>
          <Act onClick={() => cancel(m, c)}>{t('cancelSend')}</Act>
        </Line>
      );
    case 'CANCELLED':
      return <Line tone="text-fg-3">{t('cancelled')}</Line>;
    case 'PENDING':
      return m.waiting_for ? <Line tone="text-fg-3">{t(`wait_${m.waiting_for}`)}</Line> : null;
    default:
      return null;
  }
}

function OnItsWay({ out }: { out: Outgoing }) {
  const take = () => {
    const back = discard(out.id);
    if (back) setDraft(back.conversation, back.mode, { text: back.text, replyTo: back.replyTo });
  };
  const choices = (
    <>
      <Act onClick={() => retry(out.id)}>
        <RotateCcw size={12} aria-hidden="true" />
        {t('retry')}
      </Act>
      <Act onClick={take}>{t('edit')}</Act>
      <Act onClick={() => discard(out.id)}>{t('discard')}</Act>
    </>
  );
  if (out.state === 'failed')
    return (
      <Line tone="text-bad">
        <span>{out.why || t('notSent')}</span>
        {choices}
      </Line>
    );
  if (out.state === 'waiting')
    return (
      <Line tone="text-warn">
        <span>{out.why || t('waitingForConnection')}</span>
        {choices}
      </Line>
    );
  if (out.files?.length)
    return (
      <Line tone="text-fg-3">
        <progress className="h-1 w-32 accent-accent" max={1} value={out.share ?? 0} aria-label={t('uploading')} />
        <span className="tabular-nums">{Math.round((out.share ?? 0) * 100)} %</span>
        <Act onClick={take}>{t('cancelSend')}</Act>
      </Line>
    );
  return null;
}

const Line = ({ tone, children }: { tone: string; children: ReactNode }) => (
  <div className={`mt-1 flex max-w-full flex-wrap items-center gap-x-2 gap-y-0.5 text-xs ${tone}`}>{children}</div>
);
const Act = ({ onClick, children }: { onClick: () => void; children: ReactNode }) => (
  <button
    type="button"
    onClick={onClick}
    className="inline-flex items-center gap-1 rounded px-1 font-semibold underline-offset-2 hover:underline max-md:py-1"
  >
    {children}
  </button>
);

/** Our words for what we know, then the channel's own. */
function why(m: Entry): string {
  const ours = m.error_code && m.error_code !== 'unknown' ? t(`error_${m.error_code}`) : t('notSent');
  return m.error_message ? `${ours} · ${m.error_message}` : ours;
}

const at = (m: Entry) => ({ params: { path: { id: m.id } } });
async function again(m: Entry, c: Conversation) {
  change(c.id, m.id, (before) => ({ ...before, status: 'PENDING', error_code: null, error_message: null }));
  try {
    await api.POST('/team-inbox/api/messages/{id}/retry/', at(m));
  } catch (error) {
    change(c.id, m.id, () => m);
    toast(Problem.of(error).message, { kind: 'failed' });
  }
}
async function cancel(m: Entry, c: Conversation) {
  try {
    await api.POST('/team-inbox/api/messages/{id}/cancel/', at(m));
    change(c.id, m.id, (before) => ({ ...before, status: 'CANCELLED' }));
  } catch (error) {
    toast(Problem.of(error).message, { kind: 'failed' });
  }
}
