import { cloneElement, type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';

type Side = 'top' | 'right' | 'bottom' | 'left';
type Props = { label: string; keys?: string[]; side?: Side; children: ReactElement };
type Attributes = { 'data-tip'?: string; 'data-tip-keys'?: string | undefined; 'data-tip-side'?: Side };

/** What a control does and its key. The control still needs its own label. */
export function Tip({ label, keys, side = 'bottom', children }: Props) {
  const given: Attributes = { 'data-tip': label, 'data-tip-keys': keys?.join(' '), 'data-tip-side': side };
  return cloneElement(children as ReactElement<Attributes>, given);
}

type Shown = { label: string; keys: string[]; side: Side; around: DOMRect };
const GAP = 6;

/** One tooltip for all controls: none of them carries more than a few attributes. */
export function Tips({ delay, children }: { delay: number; children: ReactNode }) {
  const [shown, setShown] = useState<Shown>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let current: Element | null = null;
    const show = (control: HTMLElement) => {
      const { tip = '', tipKeys, tipSide } = control.dataset;
      if (!control.isConnected || document.querySelector('[role=menu],[role=dialog]')?.contains(control)) return;
      const around = control.getBoundingClientRect();
      setShown({ label: tip, keys: tipKeys?.split(' ') ?? [], side: (tipSide as Side) ?? 'bottom', around });
    };
    const aim = (event: Event) => {
      const control = (event.target as Element).closest<HTMLElement>('[data-tip]');
      if (control === current) return;
      current = control;
      clearTimeout(timer);
      setShown(undefined);
      const isSeen = event.type === 'pointerover' || control?.matches(':focus-visible');
      if (control && isSeen) timer = setTimeout(() => show(control), delay);
    };
    const hide = () => {
      clearTimeout(timer);
      setShown(undefined);
    };
    const over = (event: PointerEvent) => event.pointerType === 'mouse' && aim(event);
    document.addEventListener('pointerover', over);
    document.addEventListener('focusin', aim);
    document.addEventListener('focusout', hide);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('keydown', hide);
    document.addEventListener('scroll', hide, true);
    return () => {
      hide();
      document.removeEventListener('pointerover', over);
      document.removeEventListener('focusin', aim);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('keydown', hide);
      document.removeEventListener('scroll', hide, true);
    };
  }, [delay]);
  return (
    <>
      {children}
      {shown && <Bubble {...shown} />}
    </>
  );
}

function Bubble({ label, keys, side, around }: Shown) {
  const ref = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<{ left: number; top: number }>();
  useEffect(() => {
    const { width = 0, height = 0 } = ref.current?.getBoundingClientRect() ?? {};
    setAt(placed(around, side, width, height));
  }, [around, side]);
  return (
    <div
      ref={ref}
      role="tooltip"
      className="pointer-events-none fixed z-60 flex items-center gap-2 rounded-md bg-fg px-2 py-1 text-xs font-medium whitespace-nowrap text-surface shadow-pop"
      style={at ?? { visibility: 'hidden' }}
    >
      {label}
      {keys.map((key) => (
        <span key={key} className="rounded bg-surface/20 px-1 text-[11px]">
          {key}
        </span>
      ))}
    </div>
  );
}

/** Beside the control, within the window. */
function placed(around: DOMRect, side: Side, width: number, height: number) {
  const isRow = side === 'left' || side === 'right';
  const isEnd = (side === 'right') !== (isRow && document.documentElement.dir === 'rtl');
  const left = isRow
    ? isEnd
      ? around.right + GAP
      : around.left - width - GAP
    : around.left + around.width / 2 - width / 2;
  const top = isRow
    ? around.top + around.height / 2 - height / 2
    : side === 'top'
      ? around.top - height - GAP
      : around.bottom + GAP;
  const within = (n: number, most: number) => Math.max(GAP, Math.min(n, most - GAP));
  return { left: within(left, innerWidth - width), top: within(top, innerHeight - height) };
}
