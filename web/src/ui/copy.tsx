import { Check, Copy as Icon } from 'lucide-react';
import { useState } from 'react';
import { t } from '../i18n/shell';
import { Button } from './button';

/** A value to take along, with its button. */
export function Copy({ value, label }: { value: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setDone(true);
    setTimeout(() => setDone(false), 2_000);
  };
  return (
    <Button variant="outline" size="sm" onClick={copy} aria-label={label ?? t('copy')}>
      {done ? <Check size={13} className="text-ok" aria-hidden="true" /> : <Icon size={13} aria-hidden="true" />}
      {done ? t('copied') : t('copy')}
    </Button>
  );
}
