import { cx } from '../lib/cx';

const tones = { accent: 'bg-accent', ok: 'bg-ok', warn: 'bg-warn', bad: 'bg-bad', plain: 'bg-fg-3/35' };
type Part = { value: number; tone?: keyof typeof tones; label?: string };

/** A bar of one or several parts of `max`: sent, failed, left. */
export function Progress({
  label,
  max,
  parts,
  className,
}: {
  label: string;
  max: number;
  parts: Part[];
  className?: string;
}) {
  const done = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(done, max)}
      className={cx('flex h-1.5 w-full overflow-hidden rounded-full bg-line', className)}
    >
      {parts.map((part, at) => (
        <i
          // biome-ignore lint/suspicious/noArrayIndexKey: parts keep their order
          key={at}
          title={part.label}
          className={cx('h-full transition-[width]', tones[part.tone ?? 'accent'])}
          style={{ width: max ? `${Math.min(100, (100 * part.value) / max)}%` : 0 }}
        />
      ))}
    </div>
  );
}

/** Use against a limit: amber from 80 %, red from 95 %. */
export function Gauge({
  label,
  value,
  max,
  className,
}: {
  label: string;
  value: number;
  max: number;
  className?: string;
}) {
  const share = max ? value / max : 0;
  const tone = share >= 0.95 ? 'bad' : share >= 0.8 ? 'warn' : 'ok';
  return <Progress label={label} max={max} parts={[{ value, tone }]} className={className ?? ''} />;
}
