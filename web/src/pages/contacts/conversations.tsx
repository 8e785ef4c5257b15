import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MessageSquare } from 'lucide-react';
import { api, body, type Schemas } from '../../lib/api';
import { relative } from '../../lib/time';
import { Chip } from '../../ui/chip';
import type { Contact } from './contacts';
import { t } from './t';

/** The way to what was said with somebody. */
export function Conversations({ contact }: { contact: Contact }) {
  const query = { contact_id: contact.id, page_size: 5 };
  const { data } = useQuery({
    queryKey: ['inbox', 'of-contact', contact.id],
    queryFn: ({ signal }) =>
      body<Schemas['Listing_ConversationView']>(
        api.GET('/team-inbox/api/conversations/', { params: { query }, signal }),
      ),
  });
  const found = data?.results ?? [];
  if (data && !found.length) return <p className="text-center text-sm text-fg-3">{t('noConversation')}</p>;
  return (
    <ul className="space-y-2">
      {found.map((one) => (
        <li key={one.id}>
          <Link
            to={`/inbox/${one.id}`}
            className="flex items-center gap-3 rounded-xl border border-line p-3 text-sm hover:bg-sunken"
          >
            <MessageSquare size={16} className="shrink-0 text-fg-3" aria-hidden="true" />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium" dir="auto">
                {one.last_message?.content.text ?? t('write')}
              </span>
              {one.last_message_at && (
                <span className="text-xs text-fg-3">{t('lastMessage', { time: relative(one.last_message_at) })}</span>
              )}
            </span>
            <Chip>{one.status.toLowerCase()}</Chip>
          </Link>
        </li>
      ))}
    </ul>
  );
}
