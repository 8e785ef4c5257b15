import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { cx } from '../../lib/cx';
import { clock } from '../../lib/time';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { act, type Bot, type Call, callsQuery, clearFaults, faultsQuery, type Person, post } from './api';
import { t } from './t';

const FAULTS = [
  ['fault_throttle', { kind: 'throttle', retry_after: 5, times: 1 }],
  ['fault_forbidden', { kind: 'status', code: 403, description: 'Forbidden: bot was blocked by the user', times: 1 }],
  ['fault_broken', { kind: 'status', code: 500, description: 'Internal Server Error', times: 1 }],
  ['fault_slow', { kind: 'slow', ms: 3000, times: 3 }],
  ['fault_lost', { kind: 'lost_answer', times: 1 }],
] as const;

export const Title = ({ children }: { children: string }) => (
  <h2 className="mb-1.5 text-xs font-semibold text-fg-3">{children}</h2>
);

export function Faults() {
  const client = useQueryClient();
  const n = useQuery(faultsQuery).data?.length ?? 0;
  const anew = () => void client.invalidateQueries({ queryKey: faultsQuery.queryKey });
  return (
    <section>
      <Title>{t('faults')}</Title>
      <p className="mb-2 text-xs text-fg-3">{t('faultsAbout')}</p>
      <div className="flex flex-wrap gap-1.5">
        {FAULTS.map(([name, fault]) => (
          <Button
            key={name}
            size="sm"
            variant="outline"
            onClick={() => void act('faults', { method: 'sendMessage', ...fault }).then(anew)}
          >
            {t(name)}
          </Button>
        ))}
      </div>
      {n > 0 && (
        <p className="mt-2 flex items-center gap-2">
          <Chip tone="warn">{t('on', { n })}</Chip>
          <button
            type="button"
            className="text-xs font-semibold text-accent-text underline"
            onClick={() => void clearFaults().then(anew)}
          >
            {t('clearFaults')}
          </button>
        </p>
      )}
    </section>
  );
}

const PEOPLE = 200;
const MESSAGES = 1_000;
const AT_ONCE = 8;

export function Fill({ person, bot }: { person: Person | undefined; bot: Bot }) {
  const client = useQueryClient();
  const [done, setDone] = useState<number>();
  const [asks, setAsks] = useState(false);
  const isStopped = useRef(false);
  const people = () => void act('users/bulk', { count: PEOPLE, start_with: bot.id });
  const messages = async () => {
    if (!person) return;
    isStopped.current = false;
    let next = 0;
    setDone(0);
    const work = async () => {
      while (next < MESSAGES && !isStopped.current) {
        const n = ++next;
        await post(`users/${person.id}/send`, {
          bot: bot.id,
          text: `Message ${n} of ${MESSAGES}: ${LOREM.slice(0, 20 + ((n * 37) % 180))}`,
        });
        if (n % 20 === 0) setDone(n);
      }
    };
    await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
    setDone(undefined);
  };
  return (
    <section>
      <Title>{t('fill')}</Title>
      <div className="flex flex-wrap items-center gap-1.5">
        <Button size="sm" variant="outline" onClick={people}>
          {t('fillPeople')}
        </Button>
        <Button size="sm" variant="outline" disabled={!person || done !== undefined} onClick={() => void messages()}>
          {done === undefined ? t('fillMessages') : t('filling', { done, all: MESSAGES })}
        </Button>
        {done !== undefined && (
          <Button
            size="sm"
            variant="ghost"
            onClick={() => {
              isStopped.current = true;
            }}
          >
            {t('stop')}
          </Button>
        )}
        <Button size="sm" variant="ghost" onClick={() => setAsks(true)}>
          {t('reset')}
        </Button>
      </div>
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        title={t('resetTitle')}
        about={t('resetAbout')}
        action={t('resetDo')}
        danger
        onConfirm={async () => {
          await forgetPeople();
          await client.invalidateQueries({ queryKey: ['sandbox'] });
        }}
      />
    </section>
  );
}
const LOREM =
  'the parcel should have been here on Tuesday, and the tracking page still says that it left the depot last week. Could somebody please look at it, or call the carrier, or tell me what else I can do about it?';

/** Only the people: a bot that is forgotten would have to be registered anew. */
async function forgetPeople() {
  const { request } = await import('../../lib/api');
  const { users } = await request<{ users: Person[] }>('/sandbox/users?limit=10000');
  for (const { id } of users) await request(`/sandbox/users/${id}`, { method: 'DELETE' });
}

const SHOWN = 14;
export function Calls() {
  const calls = useQuery(callsQuery).data ?? [];
  return (
    <section className="min-w-0">
      <Title>{t('calls')}</Title>
      {calls.length === 0 && <p className="text-xs text-fg-3">{t('noCalls')}</p>}
      <ol className="space-y-0.5 text-xs">
        {calls
          .slice(-SHOWN)
          .reverse()
          .map((call) => (
            <li key={call.seq} className="flex items-baseline gap-2 tabular-nums">
              <span className="shrink-0 text-fg-3">{clock(call.at_ms)}</span>
              <span className="shrink-0 font-mono">{call.method}</span>
              <span className={cx('min-w-0 flex-1 truncate', call.outcome?.ok === false ? 'text-bad' : 'text-ok')}>
                {answer(call)}
              </span>
              <span className="shrink-0 text-fg-3">{took(call)}</span>
            </li>
          ))}
      </ol>
    </section>
  );
}

function answer({ outcome }: Call): string {
  if (!outcome) return t('underWay');
  return [outcome.ok ? 'ok' : '', outcome.status || '', outcome.description ?? ''].filter(Boolean).join(' ');
}
const took = ({ at_us, outcome }: Call) =>
  outcome ? `${Math.max(1, Math.round((outcome.done_us - at_us) / 1000))} ms` : '';
