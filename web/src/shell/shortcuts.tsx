import { t } from '../i18n/shell';
import { Dialog } from '../ui/dialog';
import { Kbd } from '../ui/kbd';
import { type Shortcuts as Group, offered } from './commands';
import { places } from './places';

export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const groups: Group[] = [
    ...offered.shortcuts(),
    { group: t('goTo'), rows: places.map((place) => [place.keys, t(place.name)]) },
    {
      group: t('anywhere'),
      rows: [
        ['Ctrl K', t('palette')],
        ['?', t('thisList')],
        ['Esc', t('leaveField')],
      ],
    },
  ];
  return (
    <Dialog open onClose={onClose} title={t('shortcuts')} about={t('shortcutsAbout')} size="lg" isToRead>
      <div className="gap-x-10 sm:columns-2">
        {groups.map(({ group, rows }) => (
          <section key={group} className="mb-5 break-inside-avoid">
            <h3 className="mb-1.5 text-xs font-semibold text-fg-3">{group}</h3>
            {rows.map(([keys, what]) => (
              <div key={what} className="flex h-7 items-center justify-between gap-3 text-sm">
                <span>{what}</span>
                <span className="flex gap-1">
                  {keys.split(' ').map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </span>
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
