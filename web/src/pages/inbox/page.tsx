import { useParams } from '@tanstack/react-router';
import { Inbox } from '../../inbox/inbox';

export default function InboxPage() {
  const { id } = useParams({ strict: false }) as { id?: string };
  return <Inbox id={id} />;
}
