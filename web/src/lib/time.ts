import { locale } from '../i18n';

/** A moment as the API writes it, or as the clock gives it. */
export type Moment = string | number | Date;
export const ms = (at: Moment): number => (typeof at === 'number' ? at : new Date(at).getTime());

const made = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions, at: Moment): string {
  const key = JSON.stringify(options);
  const formatter = made.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  made.set(key, formatter);
  return formatter.format(ms(at));
}

export const clock = (at: Moment) => format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, at);
export const clockWithSeconds = (at: Moment) =>
  format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }, at);
/** Full local time, for titles. */
export const exact = (at: Moment) => format({ dateStyle: 'full', timeStyle: 'medium' }, at);
export const utc = (at: Moment) => new Date(ms(at)).toISOString();
export const date = (at: Moment) => format({ day: 'numeric', month: 'short', year: 'numeric' }, at);
export const dateTime = (at: Moment) => format({ dateStyle: 'medium', timeStyle: 'short' }, at);

export const dayKey = (at: Moment) => {
  const d = new Date(ms(at));
  return d.getFullYear() * 10000 + d.getMonth() * 100 + d.getDate();
};
const daysAgo = (at: number, now: number) =>
  Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);

/** Clock today, weekday this week, date before. */
export const listTime = (at: Moment, now = Date.now()) => {
  const days = daysAgo(ms(at), now);
  if (days === 0) return clock(at);
  return days > 0 && days < 7 ? format({ weekday: 'short' }, at) : format({ day: 'numeric', month: 'short' }, at);
};
export const dayLabel = (at: Moment, now = Date.now()) => {
  const days = daysAgo(ms(at), now);
  if (days < 2) {
    const word = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-days, 'day');
    return word.charAt(0).toUpperCase() + word.slice(1);
  }
  return days < 300 ? format({ weekday: 'long', day: 'numeric', month: 'long' }, at) : date(at);
};

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];
/** "5 minutes ago", "in 2 days". */
export function relative(at: Moment, now = Date.now()): string {
  const left = ms(at) - now;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(left) >= step) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.round(left / (size as number)), unit);
}
/** A length of time in at most two units: "42m", "3h 5m", "2d". */
export function lasting(length: number): string {
  const minutes = Math.max(0, Math.round(length / 60_000));
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${minutes % 60 ? ` ${minutes % 60}m` : ''}`;
  return `${Math.floor(minutes / 1440)}d`;
}
/** Playing time, "0:42". */
export const playing = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
export const bytes = (n: number) =>
  n < 1e6
    ? `${Math.max(1, Math.round(n / 1e3))} KB`
    : n < 1e9
      ? `${(n / 1e6).toFixed(1)} MB`
      : `${(n / 1e9).toFixed(1)} GB`;
export const count = (n: number) => new Intl.NumberFormat(locale()).format(n);
