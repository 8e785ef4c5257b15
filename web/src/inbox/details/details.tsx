import { Collapsible } from '@base-ui/react/collapsible';
import { Link } from '@tanstack/react-router';
import { ChevronDown, CircleAlert, CircleCheck, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../../lib/cx';
import { type Conversation, nameOf } from '../../lib/inbox';
import { date, exact, relative } from '../../lib/time';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { ChannelMark } from '../../ui/channel-mark';
import { Tag } from '../../ui/tag';
import { blockedBy } from '../composer/circumstances';
import { act } from '../data/actions';
import { platformsOf, useSender, useSenderName } from '../data/channel';
import { timelineOf } from '../data/timeline';
import { pick } from '../picking';
import { t } from '../t';
import { lightbox } from '../thread/lightbox-state';
import { useMe } from '../use-me';
import { Fields } from './fields';

/** Who it is: the card, labels, fields, what was shared, and whether messages arrive. */
export function Details({ c, isSheet, onClose }: { c: Conversation; isSheet: boolean; onClose: () => void }) {
  const person = c.contact;
  const name = nameOf(person);
  return (
    <aside
      aria-label={t('details')}
      className={cx(
        'min-h-0 overflow-y-auto border-s border-line bg-surface',
        isSheet && 'fixed inset-y-0 end-0 z-30 w-[min(320px,100vw)] shadow-pop max-md:w-full',
      )}
    >
      {isSheet && (
        <button
          type="button"
          autoFocus
          onClick={onClose}
          aria-label={t('closeDetails')}
          className="absolute end-3 top-3 flex size-11 items-center justify-center rounded-lg text-fg-3 hover:bg-sunken"
        >
          <X size={18} />
        </button>
      )}
      <div className="flex flex-col items-center px-4 pt-6 pb-4 text-center">
        <Avatar name={name} id={person.id} size={68} />
        <h2 className="mt-3 max-w-full truncate text-lg font-semibold tracking-[-0.01em]" dir="auto">
          {name}
        </h2>
        <p className="mt-0.5 flex items-center gap-1.5 text-sm text-fg-3">
          {[...platformsOf(c)].map((platform) => (
            <ChannelMark key={platform} platform={platform} named className="size-3.5" />
          ))}
          <bdi dir="ltr">
            {person.telegram_username ? `@${person.telegram_username}` : (person.telegram_chat_id ?? person.phone)}
          </bdi>
        </p>
        <div className="mt-3.5 flex gap-2">
          <Link
            to="/contacts/$id"
            params={{ id: person.id }}
            className="inline-flex h-7 items-center rounded-lg border border-line-2 px-2.5 text-xs font-medium hover:bg-sunken max-md:h-10"
          >
            {t('openContact')}
          </Link>
        </div>
      </div>
      <Labels c={c} />
      <Section title={t('about')}>
        <Fields contact={person} conversation={c.id} />
      </Section>
      <Shared id={c.id} />
      <Section title={t('health')}>
        <Health c={c} />
      </Section>
    </aside>
  );
}

function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <Collapsible.Root defaultOpen className="border-t border-line">
      <div className="flex items-center pe-2">
        <Collapsible.Trigger className="group flex h-10 flex-1 items-center gap-1.5 px-4 text-xs font-semibold text-fg-2">
          {title}
          <ChevronDown
            size={14}
            className="text-fg-3 transition-transform group-data-panel-open:rotate-180"
            aria-hidden="true"
          />
        </Collapsible.Trigger>
        {action}
      </div>
      <Collapsible.Panel className="px-4 pb-3.5">{children}</Collapsible.Panel>
    </Collapsible.Root>
  );
}

function Labels({ c }: { c: Conversation }) {
  const me = useMe();
  const add = (
    <Button
      variant="ghost"
      size="iconsm"
      aria-label={t('addLabel')}
      title={`${t('addLabel')} · L`}
      onClick={() => pick('labels', [c.id])}
    >
      <Plus size={15} />
    </Button>
  );
  const without = (name: string) => c.labels.filter((one) => one !== name);
  return (
    <Section title={t('labels')} action={add}>
      <div className="flex flex-wrap gap-1.5">
        {c.labels.map((name) => (
          <Tag key={name} name={name} onRemove={() => void act([c.id], { do: 'labels', labels: without(name) }, me)} />
        ))}
        {c.labels.length === 0 && <span className="text-sm text-fg-3">{t('noLabels')}</span>}
      </div>
    </Section>
  );
}

const SHARED_MAX = 9;
/** The newest pictures of what is loaded. */
function Shared({ id }: { id: string }) {
  const { entries } = timelineOf(id).use();
  const pictures = entries
    .filter((entry) => !entry.deleted_at)
    .flatMap((entry) => entry.content.media.map((piece, at) => ({ entry, piece, at })))
    .filter(({ piece }) => piece.type === 'photo' && piece.url)
    .slice(-SHARED_MAX)
    .reverse();
  if (!pictures.length) return null;
  return (
    <Section title={t('shared')}>
      <div className="grid grid-cols-3 gap-1">
        {pictures.map(({ entry, piece, at }) => (
          <button
            key={`${entry.id}${at}`}
            type="button"
            onClick={() => lightbox.set({ entry, at })}
            aria-label={t('sharedOn', { date: date(entry.created_at) })}
            className="overflow-hidden rounded-md bg-sunken"
          >
            <img
              src={piece.url ?? ''}
              alt=""
              width={86}
              height={72}
              loading="lazy"
              className="h-[72px] w-full object-cover"
            />
          </button>
        ))}
      </div>
    </Section>
  );
}

/** Whether what we send arrives, as far as anybody can know. */
function Health({ c }: { c: Conversation }) {
  const loaded = timelineOf(c.id).use();
  const sender = useSenderName(c);
  const trouble = blockedBy(c, loaded, useSender(c), c.platform);
  const failed = loaded.entries.filter((one) => one.status === 'FAILED' || one.status === 'BLOCKED').length;
  return (
    <ul className="space-y-1.5 text-sm">
      <li className="flex gap-2">
        {trouble ? (
          <CircleAlert size={16} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
        ) : (
          <CircleCheck size={16} className="mt-0.5 shrink-0 text-ok" aria-hidden="true" />
        )}
        {trouble ?? t('reachable', { bot: sender ?? '…' })}
      </li>
      {c.contact.do_not_contact && <li className="text-fg-2">{t('optedOutAbout')}</li>}
      {failed > 0 && <li className="text-fg-2">{t('failedCount', { n: failed })}</li>}
      {c.contact.last_seen_at && (
        <li className="text-fg-3" title={exact(c.contact.last_seen_at)}>
          {t('lastWrote', { time: relative(c.contact.last_seen_at) })}
        </li>
      )}
    </ul>
  );
}
