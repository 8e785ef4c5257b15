import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, queryClient, request, type Schemas } from '../../lib/api';
import { useIsAtLeast } from '../../lib/session';
import { relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { numbersQuery } from '../../lib/whatsapp';
import { Button } from '../../ui/button';
import { ChannelMark } from '../../ui/channel-mark';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { Panel } from '../../ui/panel';
import { type Contact, nameOf, type Reach, type WholeContact } from './contacts';
import { undo } from './merge';
import { t } from './t';

type Identity = WholeContact['identities'][number];

/** What somebody is called on each channel, and which bots reach them. */
export function Channels({ contact }: { contact: WholeContact }) {
  const manages = useIsAtLeast('MANAGER');
  const [splitting, setSplitting] = useState<Identity>();
  const reach = contact.reachability ?? [];
  if (!contact.identities.length && !reach.length) return null;
  const split = async () => {
    if (!splitting) return;
    const { platform, external_id } = splitting;
    await api.POST('/contacts/{id}/split/', {
      params: { path: { id: contact.id } },
      body: { platform, external_id },
    });
    toast(t('splitDone'));
    void queryClient.invalidateQueries();
  };
  return (
    <Panel title={t('identities')}>
      <ul className="space-y-3 text-sm">
        {contact.identities.map((one) => (
          <li key={`${one.platform}${one.external_id}`} className="flex items-center gap-3">
            <ChannelMark platform={one.platform} named className="size-5 shrink-0" />
            <span className="min-w-0 flex-1">
              <span className="block truncate rtl:text-right" dir="ltr">
                {one.username ? `@${one.username}` : one.external_id}
              </span>
              <span className="text-xs text-fg-3 tabular-nums">{one.external_id}</span>
            </span>
            {manages && contact.identities.length > 1 && (
              <Button variant="outline" size="sm" onClick={() => setSplitting(one)}>
                {t('split')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {reach.length > 0 && <Reached reach={reach} />}
      <Confirm
        open={!!splitting}
        title={t('splitTitle')}
        about={t('splitAbout')}
        action={t('split')}
        onClose={() => setSplitting(undefined)}
        onConfirm={split}
      />
    </Panel>
  );
}

function Reached({ reach }: { reach: Reach[] }) {
  const query = { page_size: 200 };
  const { data } = useQuery({
    queryKey: ['bots', 'choice'],
    queryFn: ({ signal }) =>
      body<Schemas['Listing_BotView']>(api.GET('/telegram/v1/bots/', { params: { query }, signal })),
    staleTime: 60_000,
  });
  const { data: numbers } = useQuery({
    ...numbersQuery,
    enabled: reach.some((one) => one.platform === 'WHATSAPP'),
  });
  const senders = [...(data?.results ?? []), ...(numbers ?? [])];
  const nameOfBot = (id: string) => senders.find((sender) => sender.id === id)?.name ?? '…';
  return (
    <div className="mt-4 border-t border-line pt-3">
      <h3 className="mb-2 text-xs font-medium text-fg-3">{t('reach')}</h3>
      <ul className="space-y-1.5 text-sm">
        {reach.map((one) => (
          <li key={one.bot_app_id} className="flex items-center justify-between gap-3">
            <span className="truncate" dir="auto">
              {nameOfBot(one.bot_app_id)}
            </span>
            <Chip tone={one.state === 'ACTIVE' ? 'ok' : one.state === 'NEVER_STARTED' ? 'plain' : 'warn'}>
              {t(one.state)}
            </Chip>
          </li>
        ))}
      </ul>
    </div>
  );
}

type Merge = { other: Contact; merged_at: string; undo_until: string };
/** Merges of the last 30 days, of which the newest can be undone. */
export function Merges({ contact }: { contact: WholeContact }) {
  const manages = useIsAtLeast('MANAGER');
  const { data } = useQuery({
    queryKey: ['contacts', 'merges', contact.id],
    queryFn: ({ signal }) => request<{ merges: Merge[] }>(`/contacts/${contact.id}/merges/`, { signal }),
    retry: false,
  });
  if (!data?.merges.length) return null;
  return (
    <Panel title={t('merges')}>
      <ul className="space-y-2 text-sm">
        {data.merges.map((one, at) => (
          <li key={one.other.id} className="flex items-center justify-between gap-3">
            <span className="truncate">
              {t('mergedAt', { name: nameOf(one.other), time: relative(one.merged_at) })}
            </span>
            {manages && at === 0 && (
              <Button variant="outline" size="sm" onClick={() => void undo(contact.id, one.other.id)}>
                {t('undoMerge')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
