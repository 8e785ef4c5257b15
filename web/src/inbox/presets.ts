const HOUR_MS = 3_600_000;
const MORNING = 8;

/** Later today, tomorrow morning, next week's Monday morning. */
export function presets(now: number) {
  const day = (plus: number) => {
    const at = new Date(now);
    at.setDate(at.getDate() + plus);
    at.setHours(MORNING, 0, 0, 0);
    return at.getTime();
  };
  const weekday = new Date(now).getDay();
  const toMonday = (8 - weekday) % 7 || 7;
  return [
    { key: 'laterToday', at: now + 3 * HOUR_MS },
    { key: 'tomorrow', at: day(1) },
    { key: 'nextWeek', at: day(toMonday) },
  ] as const;
}
