/**
 * The order of the list holds still while somebody aims at it: under a pressed pointer always, under one that moved in
 * the last two seconds as well. A click therefore opens what was seen, however often the list is sorted anew.
 */
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { Conversation } from '../../lib/inbox';

const HOLD_MS = 2_000;

/** Rows in the held order with their newest content; rows that left meanwhile stay until the order is let go. */
export function held(order: string[], known: ReadonlyMap<string, Conversation>): Conversation[] {
  return order.map((id) => known.get(id)).filter((one) => one !== undefined);
}

/** Whether rows stand elsewhere than they would. */
export const differs = (order: string[], items: Conversation[]) =>
  order.length !== items.length || items.some((one, at) => one.id !== order[at]);

export function useSteadyOrder(items: Conversation[], list: string, area: RefObject<HTMLElement | null>) {
  const [holding, setHolding] = useState(false);
  const kept = useRef({ list, order: [] as string[], known: new Map<string, Conversation>() });
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
  return useMemo(() => {
    const now = kept.current;
    for (const one of items) now.known.set(one.id, one);
    const isOther = now.list !== list || now.order.length === 0;
    const grew =
      items.length > now.order.length && items.slice(0, now.order.length).every((one, k) => one.id === now.order[k]);
    if (!holding || isOther || grew) {
      const known = new Map(items.map((one) => [one.id, one]));
      kept.current = { list, order: items.map((one) => one.id), known };
      return { shown: items, isHeld: false };
    }
    return { shown: held(now.order, now.known), isHeld: differs(now.order, items) };
  }, [items, list, holding]);
}
