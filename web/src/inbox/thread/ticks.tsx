import { CalendarClock, Check, CheckCheck, CircleAlert, CircleHelp, Clock } from 'lucide-react';
import type { Entry } from '../../lib/inbox';
import { t } from '../t';

/** Telegram tells bots "accepted" or an error, never "read": one tick is the most we may claim there. */
export function Ticks({ status }: { status: Entry['status'] }) {
  switch (status as string | null | undefined) {
    case 'PENDING':
    case 'SENDING':
      return <Clock size={12} aria-label={t('sending')} />;
    case 'SCHEDULED':
      return <CalendarClock size={12} aria-label={t('scheduled')} />;
    case 'FAILED':
    case 'BLOCKED':
    case 'EXPIRED':
      return <CircleAlert size={13} className="text-bad" aria-label={t('notSent')} />;
    case 'CANCELLED':
      return <CircleAlert size={13} aria-label={t('cancelled')} />;
    case 'UNKNOWN':
      return <CircleHelp size={13} className="text-warn" aria-label={t('unknownOutcome')} />;
    case 'DELIVERED':
      return <CheckCheck size={14} aria-label={t('delivered')} />;
    case 'READ':
      return <CheckCheck size={14} className="text-accent-text" aria-label={t('read')} />;
    default:
      return <Check size={13} aria-label={t('sent')} />;
  }
}
