import { Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { cx } from '../../lib/cx';
import type { Entry } from '../../lib/inbox';
import { playing } from '../../lib/time';
import { t } from '../t';

type Piece = Entry['content']['media'][number];
const BARS = 36;
const SPEEDS = [1, 1.5, 2];
const FLAT = Array.from({ length: BARS }, () => 0.12);
const measured = new Map<string, number[]>();

/** How loud it is along its length: read from the sound itself, once it was asked for. */
async function loudness(url: string): Promise<number[]> {
  const audio = new AudioContext();
  try {
    const sound = await audio.decodeAudioData(await (await fetch(url)).arrayBuffer());
    const data = sound.getChannelData(0);
    const step = Math.max(1, Math.floor(data.length / BARS));
    const peaks = FLAT.map((_, bar) => {
      let peak = 0;
      for (let at = bar * step; at < (bar + 1) * step; at += 32) peak = Math.max(peak, Math.abs(data[at] ?? 0));
      return peak;
    });
    const most = Math.max(0.01, ...peaks);
    return peaks.map((peak) => Math.max(0.12, peak / most));
  } finally {
    void audio.close();
  }
}

export function Voice({ piece, id }: { piece: Piece; id: string }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [wave, setWave] = useState(measured.get(id) ?? FLAT);
  const [now, setNow] = useState(0);
  const [on, setOn] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [failed, setFailed] = useState(false);
  const length = piece.duration || audio.current?.duration || 0;
  useEffect(() => {
    if (audio.current) audio.current.playbackRate = speed;
  }, [speed]);
  const toggle = () => {
    const el = audio.current;
    if (!el || !piece.url) return;
    if (on) return el.pause();
    el.play().catch(() => setFailed(true));
    if (measured.has(id)) return;
    loudness(piece.url).then(
      (found) => {
        measured.set(id, found);
        setWave(found);
      },
      // Played all the same; only its shape stays unknown.
      () => measured.set(id, FLAT),
    );
  };
  const share = length ? now / length : 0;
  return (
    <div className="flex min-w-60 items-center gap-3 pt-1 pb-2.5 pe-2">
      {/* biome-ignore lint/a11y/useMediaCaption: people's own voice messages come without captions */}
      <audio
        ref={audio}
        src={piece.url ?? undefined}
        preload="none"
        onPlay={() => setOn(true)}
        onPause={() => setOn(false)}
        onEnded={() => setNow(0)}
        onTimeUpdate={(event) => setNow(event.currentTarget.currentTime)}
      />
      <button
        type="button"
        onClick={toggle}
        aria-label={on ? t('pause') : t('playVoice', { time: playing(length) })}
        className="flex size-9 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent"
      >
        {on ? <Pause size={16} fill="currentColor" /> : <Play size={16} fill="currentColor" />}
      </button>
      <div>
        <div className="flex h-5 items-center gap-[2px]" aria-hidden="true">
          {wave.map((height, at) => (
            <i
              // biome-ignore lint/suspicious/noArrayIndexKey: fixed bars
              key={at}
              className={cx('w-[3px] rounded-full', at / BARS < share ? 'bg-accent-text' : 'bg-accent-text/40')}
              style={{ height: `${Math.round(height * 20)}px` }}
            />
          ))}
        </div>
        <div className="mt-0.5 flex items-center gap-2 text-2xs tabular-nums opacity-80">
          {failed ? t('cantPlay') : on || now ? `${playing(now)} / ${playing(length)}` : playing(length)}
          <button
            type="button"
            onClick={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
            aria-label={t('speed', { x: speed })}
            className="rounded bg-fg/10 px-1 font-semibold"
          >
            {speed}×
          </button>
        </div>
      </div>
    </div>
  );
}
