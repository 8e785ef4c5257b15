import { useQuery } from '@tanstack/react-query';
import { Plus, UserRoundX } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { cx } from '../lib/cx';
import { relative } from '../lib/time';
import { Avatar } from '../ui/avatar';
import { Switch } from '../ui/switch';
import { Tag } from '../ui/tag';
import { act } from './data/actions';
import { labelsQuery } from './data/labels';
import { knownConversation } from './data/lists';
import { type Member, useTeam } from './data/team';
import { t } from './t';
import { useMe } from './use-me';
import { WhenForm } from './when';

type Choice = { key: string; text: string; inside: ReactNode; isOn?: boolean; run: () => void };
type Props = { ids: string[]; onDone: () => void };

/** Whom they belong to: oneself first, then the team. */
export function AssignPick({ ids, onDone }: Props) {
  const me = useMe();
  const team = useTeam();
  const current = ids.length === 1 ? knownConversation(ids[0] as string)?.assignee : undefined;
  const give = (to: Member | undefined) => {
    void act(ids, { do: 'assign', to: to?.id ?? null, name: to?.name ?? '' }, me);
    onDone();
  };
  const person = (one: Member): Choice => ({
    key: one.id,
    text: one.name,
    isOn: one.id === current,
    run: () => give(one),
    inside: (
      <>
        <Avatar name={one.name} id={one.id} size={22} />
        <span className="min-w-0 flex-1 truncate">
          {one.name} {one.id === me && <span className="text-fg-3">{t('yourself')}</span>}
        </span>
        {one.away_until && (
          <span className="text-2xs text-warn">{t('awayUntil', { time: relative(one.away_until) })}</span>
        )}
        {one.id === me && <span className="text-2xs text-fg-3">I</span>}
      </>
    ),
  });
  const nobody: Choice = {
    key: 'nobody',
    text: t('unassign'),
    run: () => give(undefined),
    inside: (
      <>
        <UserRoundX size={16} className="mx-[3px] text-fg-3" aria-hidden="true" />
        {t('unassign')}
      </>
    ),
  };
  return <Choices label={t('assignTo')} choices={[...team.map(person), nobody]} />;
}

/** Ticked ones are worn by all; a new name makes a new label. */
export function LabelPick({ ids }: Props) {
  const me = useMe();
  const known = useQuery(labelsQuery).data ?? [];
  const worn = ids.map((id) => knownConversation(id)?.labels ?? []);
  const [on, setOn] = useState(() => new Set(worn[0]?.filter((name) => worn.every((labels) => labels.includes(name)))));
  const toggle = (name: string) => {
    const isOn = !on.has(name);
    const next = new Set(on);
    if (isOn) next.add(name);
    else next.delete(name);
    setOn(next);
    const labels = (before: string[]) =>
      isOn ? [...new Set([...before, name])].sort() : before.filter((one) => one !== name);
    void act(ids, (one) => ({ do: 'labels', labels: labels(one.labels) }), me);
  };
  const all = [...new Set([...on, ...known])].sort((a, b) => a.localeCompare(b));
  const choices = all.map((name) => ({
    key: name,
    text: name,
    isOn: on.has(name),
    run: () => toggle(name),
    inside: (
      <span className="flex-1">
        <Tag name={name} />
      </span>
    ),
  }));
  return <Choices label={t('labels')} choices={choices} onNew={(name) => toggle(name)} />;
}

export function SnoozePick({ ids, onDone }: Props) {
  const me = useMe();
  const [wakes, setWakes] = useState(true);
  const snooze = (until: string) => {
    void act(ids, { do: 'snooze', until, wakes }, me);
    onDone();
  };
  return (
    <div className="w-72 max-w-full">
      <WhenForm action={t('snooze')} onPick={snooze} />
      <div className="flex items-center justify-between px-2 pt-3 text-sm text-fg-2">
        {t('wakesOnReply')}
        <Switch label={t('wakesOnReply')} checked={wakes} onChange={setWakes} />
      </div>
    </div>
  );
}

/** A list that narrows while one types, walked by arrows. */
function Choices({ label, choices, onNew }: { label: string; choices: Choice[]; onNew?: (name: string) => void }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const word = typed.trim().toLowerCase();
  const shown: Choice[] = choices.filter((one) => one.text.toLowerCase().includes(word));
  if (onNew && word && !choices.some((one) => one.text.toLowerCase() === word))
    shown.push({
      key: 'new',
      text: typed,
      run: () => {
        onNew(typed.trim());
        setTyped('');
      },
      inside: (
        <>
          <Plus size={15} className="text-fg-3" aria-hidden="true" />
          {t('newLabel', { name: typed.trim() })}
        </>
      ),
    });
  const index = Math.min(at, shown.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step && event.key !== 'Enter') return;
    event.preventDefault();
    if (step) setAt((index + step + shown.length) % Math.max(1, shown.length));
    else shown[index]?.run();
  };
  return (
    <div className="w-64 max-w-full">
      <input
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={shown.length ? `${id}-${index}` : undefined}
        aria-label={label}
        placeholder={label}
        className="h-9 w-full rounded-lg bg-sunken px-2.5 text-sm outline-none placeholder:text-fg-3 max-md:h-11 max-md:text-base"
      />
      <div
        id={id}
        role={shown.length ? 'listbox' : undefined}
        aria-label={shown.length ? label : undefined}
        aria-multiselectable={shown.length ? !!onNew : undefined}
        className="mt-1 max-h-72 overflow-y-auto"
      >
        {shown.map((one, k) => (
          <div
            key={one.key}
            id={`${id}-${k}`}
            role="option"
            tabIndex={-1}
            aria-selected={!!one.isOn}
            onPointerMove={() => setAt(k)}
            onPointerDown={(event) => {
              event.preventDefault();
              one.run();
            }}
            className={cx(
              'flex h-9 items-center gap-2.5 rounded-lg px-2 text-sm max-md:h-11',
              k === index && 'bg-sunken',
            )}
          >
            {one.inside}
            {one.isOn && (
              <span className="text-accent-text" aria-hidden="true">
                ✓
              </span>
            )}
          </div>
        ))}
        {shown.length === 0 && (
          <p className="p-3 text-center text-sm text-fg-3">{onNew ? t('typeToCreate') : t('nothingFound')}</p>
        )}
      </div>
    </div>
  );
}
