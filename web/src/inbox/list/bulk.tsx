import { AlarmClock, Check, Tag, UserRound, X } from 'lucide-react';
import { Button } from '../../ui/button';
import { Tip } from '../../ui/tip';
import { act } from '../data/actions';
import { pick } from '../picking';
import { t } from '../t';
import { useMe } from '../use-me';
import { chosen } from './selection';

/** What is done to all that are ticked. */
export function Bulk({ ids }: { ids: string[] }) {
  const me = useMe();
  const close = () => {
    void act(ids, { do: 'close' }, me);
    chosen.clear();
  };
  const button = (label: string, key: string, Icon: typeof Tag, run: () => void) => (
    <Tip label={label} keys={[key]} side="top">
      <Button variant="ghost" size="icon" aria-label={label} onClick={run}>
        <Icon size={17} />
      </Button>
    </Tip>
  );
  return (
    <div
      role="toolbar"
      aria-label={t('bulk')}
      className="flex animate-pop items-center gap-1 border-t border-line bg-raised px-3 py-2 shadow-pop"
    >
      <Button variant="ghost" size="iconsm" aria-label={t('clearSelection')} onClick={chosen.clear}>
        <X size={16} />
      </Button>
      <span className="flex-1 text-sm font-medium tabular-nums">{t('chosen', { n: ids.length })}</span>
      {button(t('assign'), 'A', UserRound, () => pick('assign', ids))}
      {button(t('labels'), 'L', Tag, () => pick('labels', ids))}
      {button(t('snooze'), 'S', AlarmClock, () => pick('snooze', ids))}
      {button(t('close'), 'E', Check, close)}
    </div>
  );
}
