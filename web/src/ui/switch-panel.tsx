import { useState } from 'react';
import { Problem } from '../lib/problem';
import { toast } from '../lib/toasts';
import { Button } from './button';
import { Panel } from './panel';

type Props = { words: string; about: string; onTurn: () => Promise<unknown> };

/** Stops something or starts it again; a refusal is told. */
export function SwitchPanel({ words, about, onTurn }: Props) {
  const [busy, setBusy] = useState(false);
  const turn = async () => {
    setBusy(true);
    try {
      await onTurn();
    } catch (error) {
      toast(Problem.of(error).message, { kind: 'failed' });
    }
    setBusy(false);
  };
  return (
    <Panel
      title={words}
      about={about}
      actions={
        <Button variant="outline" busy={busy} onClick={turn}>
          {words}
        </Button>
      }
    />
  );
}
