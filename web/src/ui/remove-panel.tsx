import { useState } from 'react';
import { Button } from './button';
import { Confirm } from './confirm';
import { Panel } from './panel';

type Props = {
  name: string;
  words: { title: string; about: string; action: string; ask: string; type: string };
  onRemove: () => Promise<unknown>;
};

/** Takes something away for good, once its name was typed. */
export function RemovePanel({ name, words, onRemove }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Panel
      title={words.title}
      about={words.about}
      actions={
        <Button variant="risky" onClick={() => setOpen(true)}>
          {words.action}
        </Button>
      }
    >
      <Confirm
        open={open}
        danger
        typed={name}
        title={words.ask}
        about={words.type}
        action={words.action}
        onClose={() => setOpen(false)}
        onConfirm={onRemove}
      />
    </Panel>
  );
}
