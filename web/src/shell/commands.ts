import type { LucideIcon } from 'lucide-react';
import { useEffect } from 'react';

export type Command = {
  id: string;
  group: string;
  label: string;
  icon?: LucideIcon;
  keys?: string;
  sub?: string;
  run: () => void;
};
export type Shortcuts = { group: string; rows: [keys: string, what: string][] };

// What the open page offers to the palette and to the list of shortcuts.
const commands = new Map<string, Command[]>();
const shortcuts = new Map<string, Shortcuts[]>();
export const offered = {
  commands: () => [...commands.values()].flat(),
  shortcuts: () => [...shortcuts.values()].flat(),
};

/** A page's own commands for Ctrl K, and its keys for the list under `?`, while it is open. */
export function useOffer(page: string, own: { commands?: Command[]; shortcuts?: Shortcuts[] }) {
  useEffect(() => {
    commands.set(page, own.commands ?? []);
    shortcuts.set(page, own.shortcuts ?? []);
    return () => {
      commands.delete(page);
      shortcuts.delete(page);
    };
  });
}
