/**
 * The order of the list holds still while somebody aims at it: under a pressed pointer always, under one that moved in
 * the last two seconds as well. A click therefore opens what was seen, however often the list is sorted anew.
 */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Conversation } from '../../lib/inbox';
import { type Line, lineOf } from './line';

const HOLD_MS = 2_000;

/** Lines in their old places and heights with their newest content; what left meanwhile stays until it is let go. */
export function held(lines: Line[], items: Conversation[]): Line[] {
  const newest = new Map(items.map((one) => [one.id, one]));
  return lines.map((line) => ({ ...line, one: newest.get(line.one.id) ?? line.one }));
}

/** Whether older ones were added below, and all else stands where it stood. */
const isLonger = (items: Conversation[], lines: Line[]) =>
  items.length > lines.length && lines.every(({ one }, at) => one.id === items[at]?.id);

export function useSteadyOrder(items: Conversation[], list: string, area: RefObject<HTMLElement | null>) {
  const [holding, setHolding] = useState(false);
  const onScreen = useRef({ list, lines: [] as Line[] });
  useEffect(() => {
    const el = area.current;
    if (!el) return;
    let timer: ReturnType<typeof setTimeout>;
    let isPressed = false;
    const letGo = () => !isPressed && setHolding(false);
    const hold = (event: PointerEvent) => {
      if (event.pointerType !== 'mouse' && event.type === 'pointermove') return;
      setHolding(true);
      clearTimeout(timer);
      timer = setTimeout(letGo, HOLD_MS);
    };
    const press = (event: PointerEvent) => {
      isPressed = true;
      hold(event);
    };
    const release = () => {
      if (!isPressed) return;
      isPressed = false;
      clearTimeout(timer);
      timer = setTimeout(letGo, HOLD_MS);
    };
    const leave = () => {
      clearTimeout(timer);
      letGo();
    };
    el.addEventListener('pointermove', hold);
    el.addEventListener('pointerdown', press);
    el.addEventListener('pointerleave', leave);
    window.addEventListener('pointerup', release);
    window.addEventListener('pointercancel', release);
    return () => {
      clearTimeout(timer);
      el.removeEventListener('pointermove', hold);
      el.removeEventListener('pointerdown', press);
      el.removeEventListener('pointerleave', leave);
      window.removeEventListener('pointerup', release);
      window.removeEventListener('pointercancel', release);
    };
  }, [area]);
  const lines = useMemo(() => {
    const before = onScreen.current;
    const isHeld = holding && before.list === list && before.lines.length > 0;
    return isHeld && !isLonger(items, before.lines) ? held(before.lines, items) : items.map(lineOf);
  }, [items, list, holding]);
  // After the commit only: navigation renders this list aside, and what it threw away was never seen.
  useLayoutEffect(() => {
    onScreen.current = { list, lines };
  }, [list, lines]);
  return lines;
}
