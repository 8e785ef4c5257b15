import { useState } from 'react';
import { Input } from '../../ui/input';
import { t } from '../t';
import { EMOJI } from './emoji';

export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const [typed, setTyped] = useState('');
  const shown = EMOJI.filter(([, words]) => words.includes(typed.trim().toLowerCase()));
  return (
    <div className="w-74">
      <Input
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={t('findEmoji')}
        aria-label={t('findEmoji')}
      />
      <div className="mt-2 grid h-56 grid-cols-8 content-start overflow-y-auto" role="group" aria-label={t('emoji')}>
        {shown.map(([emoji, words]) => (
          <button
            key={emoji}
            type="button"
            title={words}
            aria-label={words}
            onClick={() => onPick(emoji)}
            className="flex size-9 items-center justify-center rounded-lg text-xl hover:bg-sunken"
          >
            {emoji}
          </button>
        ))}
        {shown.length === 0 && <p className="col-span-8 p-4 text-center text-sm text-fg-3">{t('nothingFound')}</p>}
      </div>
    </div>
  );
}
