import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { Input } from '../../ui/input';
import { t } from './t';

/** A password that can be shown. */
export function Password(props: ComponentProps<'input'>) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative">
      <Input {...props} type={shown ? 'text' : 'password'} className="pe-10" />
      <button
        type="button"
        onClick={() => setShown(!shown)}
        aria-label={shown ? t('hide') : t('show')}
        className="absolute inset-y-0 end-0 flex w-10 items-center justify-center rounded-lg text-fg-3 hover:text-fg"
      >
        <Icon size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
