import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Download, Ellipsis, Link as LinkIcon, Trash2, UserX } from 'lucide-react';
import { useState } from 'react';
import { api, body, queryClient, request, type Schemas } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { exact, relative } from '../../lib/time';
import { toast } from '../../lib/toasts';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { Copy } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import { Menu, MenuItem, MenuSep } from '../../ui/menu';
import { Missing } from '../../ui/missing';
import { Page } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { Back } from './back';
import { contactQuery, nameOf, type WholeContact } from './contacts';
import { Conversations } from './conversations';
import { Details } from './details';
import { Channels, Merges } from './identities';
import { t } from './t';

export default function ContactPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery(contactQuery(id));
  if (query.data) return <Shown contact={query.data} />;
  return <Missing title={t('title')} back={<Back />} query={query} gone={t('gone')} />;
}

function Shown({ contact }: { contact: WholeContact }) {
  const name = nameOf(contact);
  return (
    <Page title={name} back={<Back />} actions={<Actions contact={contact} />}>
      <div className="mx-auto grid grid-cols-1 max-w-5xl gap-5 p-4 md:p-6 lg:grid-cols-[minmax(0,1fr)_340px]">
        <div className="min-w-0 space-y-5">
          <Panel>
            <div className="flex items-center gap-4">
              <Avatar name={name} id={contact.id} size={56} />
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2 text-lg font-semibold">
                  <span dir="auto">{name}</span>
                  {contact.do_not_contact && <Chip tone="warn">{t('optedOut')}</Chip>}
                </p>
                <p className="text-sm text-fg-3">
                  {contact.telegram_username && (
                    <>
                      <bdi dir="ltr">@{contact.telegram_username}</bdi>
                      {' · '}
                    </>
                  )}
                  {contact.last_seen_at && (
                    <time dateTime={contact.last_seen_at} title={exact(contact.last_seen_at)}>
                      {t('lastSeen')} {relative(contact.last_seen_at)}
                    </time>
                  )}
                </p>
              </div>
            </div>
          </Panel>
          <Panel title={t('about')}>
            <Details key={contact.updated_at} contact={contact} />
          </Panel>
        </div>
        <div className="min-w-0 space-y-5">
          <Panel title={t('history')}>
            <Conversations contact={contact} />
          </Panel>
          <Channels contact={contact} />
          <Merges contact={contact} />
          <Sent contact={contact} />
        </div>
      </div>
    </Page>
  );
}

function Sent({ contact }: { contact: WholeContact }) {
  const query = { contact_id: contact.id, page_size: 8 };
  const { data } = useQuery({
    queryKey: ['broadcasts', 'of-contact', contact.id],
    queryFn: ({ signal }) =>
      body<Schemas['Listing_RecipientView']>(api.GET('/broadcast/messages/', { params: { query }, signal })),
  });
  if (!data?.results.length) return null;
  return (
    <Panel title={t('messages')}>
      <ul className="space-y-2 text-sm">
        {data.results.map((one) => (
          <li key={one.broadcast_id} className="flex items-baseline justify-between gap-3">
            <Link to={`/broadcasts/${one.broadcast_id}`} className="text-accent-text underline">
              {one.sent_at ? relative(one.sent_at) : t('never')}
            </Link>
            <Chip tone={one.status === 'SENT' ? 'ok' : 'plain'}>{one.status.toLowerCase()}</Chip>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Actions({ contact }: { contact: WholeContact }) {
  const manages = useIsAtLeast('MANAGER');
  const administers = useIsAtLeast('ADMIN');
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'remove' | 'erase'>();
  const [link, setLink] = useState<Schemas['LinkView']>();
  const name = nameOf(contact);
  const params = { path: { id: contact.id } };
  const leave = async (words: string) => {
    toast(words);
    void queryClient.invalidateQueries();
    await navigate({ to: '/contacts', replace: true });
  };
  const remove = async () => {
    await api.DELETE('/contacts/{id}/', { params });
    await leave(t('removed', { name }));
  };
  const erase = async () => {
    await request(`/contacts/${contact.id}/erase/`, { method: 'POST', body: '{}' });
    await leave(t('erased'));
  };
  const invite = async () => {
    try {
      setLink(await body<Schemas['LinkView']>(api.POST('/contacts/{id}/link/', { params })));
    } catch (error) {
      toast(Problem.of(error).message, { kind: 'failed' });
    }
  };
  return (
    <>
      <Button variant="outline" onClick={invite}>
        <LinkIcon size={14} aria-hidden="true" />
        {t('link')}
      </Button>
      {manages && (
        <Menu
          trigger={
            <Button variant="ghost" size="icon" aria-label={t('more')}>
              <Ellipsis size={17} aria-hidden="true" />
            </Button>
          }
        >
          {administers && (
            <MenuItem
              icon={<Download size={15} />}
              onSelect={() => location.assign(`/contacts/${contact.id}/data-export/`)}
            >
              {t('exportData')}
            </MenuItem>
          )}
          <MenuSep />
          <MenuItem icon={<Trash2 size={15} />} onSelect={() => setAsking('remove')}>
            {t('remove')}
          </MenuItem>
          {administers && (
            <MenuItem icon={<UserX size={15} />} onSelect={() => setAsking('erase')}>
              {t('erase')}
            </MenuItem>
          )}
        </Menu>
      )}
      <Confirm
        open={asking === 'remove'}
        danger
        title={t('removeTitle', { name })}
        about={t('deleteAbout')}
        action={t('remove')}
        onClose={() => setAsking(undefined)}
        onConfirm={remove}
      />
      <Confirm
        open={asking === 'erase'}
        danger
        typed={name}
        title={t('eraseTitle', { name })}
        about={t('eraseAbout')}
        action={t('erase')}
        onClose={() => setAsking(undefined)}
        onConfirm={erase}
      />
      {link && (
        <Dialog open onClose={() => setLink(undefined)} title={t('link')} about={t('linkAbout')} size="sm">
          <div className="flex items-start gap-2 rounded-lg bg-sunken p-2.5">
            <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all select-all">{link.url}</code>
            <Copy value={link.url} />
          </div>
        </Dialog>
      )}
    </>
  );
}
