import { AlarmClock } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { dateTime } from '../lib/time';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import { presets } from './presets';
import { t } from './t';

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
/** As `datetime-local` wants it: the local time without a zone. */
const local = (at: number) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const HOUR_MS = 3_600_000;

/** A moment to come: a few that are often meant, or any other. */
export function WhenForm({ action, onPick }: { action: string; onPick: (at: string) => void }) {
  const [at, setAt] = useState(() => local(Date.now() + 2 * HOUR_MS));
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const moment = new Date(at).getTime();
    if (!(moment > Date.now())) return setWrong(true);
    onPick(new Date(moment).toISOString());
  };
  return (
    <div className="space-y-1">
      <ul>
        {presets(Date.now()).map(({ key, at }) => (
          <li key={key}>
            <button
              type="button"
              onClick={() => onPick(new Date(at).toISOString())}
              className="flex h-9 w-full items-center gap-2.5 rounded-lg px-2 text-sm hover:bg-sunken max-md:h-11"
            >
              <AlarmClock size={15} className="text-fg-3" aria-hidden="true" />
              <span className="flex-1 text-start">{t(key)}</span>
              <span className="text-xs text-fg-3 tabular-nums">{dateTime(at)}</span>
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="space-y-2 border-t border-line px-2 pt-3">
        <label htmlFor={id} className="block text-xs font-medium text-fg-2">
          {t('pickTime', { zone: zone() })}
          <Input
            id={id}
            className="mt-1.5"
            type="datetime-local"
            value={at}
            min={local(Date.now())}
            aria-invalid={wrong}
            onChange={(event) => {
              setAt(event.target.value);
              setWrong(false);
            }}
          />
        </label>
        {wrong && (
          <p role="alert" className="text-xs text-bad">
            {t('inThePast')}
          </p>
        )}
        <Button type="submit" variant="outline" className="w-full justify-center">
          {action}
        </Button>
      </form>
    </div>
  );
}
