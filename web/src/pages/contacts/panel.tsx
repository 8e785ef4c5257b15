import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Problem } from '../../lib/problem';
import { Avatar } from '../../ui/avatar';
import { Side } from '../../ui/side';
import { Failed, Skeleton } from '../../ui/states';
import { contactQuery, nameOf } from './contacts';
import { Conversations } from './conversations';
import { Details } from './details';
import { t } from './t';

/** A contact beside the list. */
export function Panel({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: contact, error, isPending, refetch } = useQuery(contactQuery(id));
  return (
    <Side title={contact ? nameOf(contact) : t('title')} onClose={onClose}>
      {isPending ? (
        <Skeleton />
      ) : !contact ? (
        <Failed
          error={error}
          {...(Problem.of(error).status === 404 && { title: t('gone') })}
          onRetry={() => void refetch()}
        />
      ) : (
        <div className="space-y-6 p-5">
          <div className="flex flex-col items-center gap-2 text-center">
            <Avatar name={nameOf(contact)} id={contact.id} size={64} />
            <p className="text-lg font-semibold" dir="auto">
              {nameOf(contact)}
            </p>
            {contact.telegram_username && (
              <p className="text-sm text-fg-3">
                <bdi dir="ltr">@{contact.telegram_username}</bdi>
              </p>
            )}
            <Link
              to={`/contacts/${contact.id}`}
              className="mt-1 inline-flex h-8 items-center rounded-lg border border-line-2 px-3 text-sm font-medium hover:bg-sunken"
            >
              {t('openPage')}
            </Link>
          </div>
          <Conversations contact={contact} />
          <Details contact={contact} />
        </div>
      )}
    </Side>
  );
}
