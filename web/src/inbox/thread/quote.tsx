import { useNavigate } from '@tanstack/react-router';
import { type Conversation, type Entry, nameOf } from '../../lib/inbox';
import { previewOf } from '../list/preview';
import { t } from '../t';

/** What a message answers; a click goes there. */
export function Quote({ m, quoted, c }: { m: Entry; quoted: Entry | undefined; c: Conversation }) {
  const nav = useNavigate();
  const go = () =>
    void nav({
      to: '/inbox/$id',
      params: { id: c.id },
      search: ((before: Record<string, string>) => ({ ...before, at: m.reply_to })) as never,
    });
  const who = quoted?.direction === 'INCOMING' ? nameOf(c.contact) : quoted?.author.name;
  return (
    <button
      type="button"
      onClick={go}
      className="my-1 block w-full max-w-full rounded-md border-s-3 border-accent-text bg-accent-text/10 px-2 py-1 text-start text-sm"
    >
      <span className="block text-xs font-semibold text-accent-text" dir="auto">
        {who ?? t('earlier')}
      </span>
      <span className="line-clamp-1 break-all" dir="auto">
        {m.content.quote ?? (quoted ? previewOf(quoted).text : t('showIt'))}
      </span>
    </button>
  );
}
