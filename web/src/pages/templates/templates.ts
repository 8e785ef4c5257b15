import type { Template } from '../../lib/whatsapp';
import type { Tone } from '../../ui/chip';
import { t } from './t';

const TONES: Record<string, Tone> = {
  APPROVED: 'ok',
  PENDING: 'warn',
  IN_APPEAL: 'warn',
  PAUSED: 'warn',
  REJECTED: 'bad',
  DISABLED: 'bad',
};
export const toneOf = (template: Template): Tone => TONES[template.status] ?? 'plain';

const WORDS = {
  APPROVED: 'approved',
  PENDING: 'pending',
  REJECTED: 'rejected',
  PAUSED: 'paused',
  DISABLED: 'disabled',
  IN_APPEAL: 'inAppeal',
  ARCHIVED: 'archived',
  PENDING_DELETION: 'leaving',
  DELETED: 'deleted',
} as const;
/** A status in our words; one that Meta invents tomorrow in its own. */
export const statusOf = (template: Template): string => {
  const key = WORDS[template.status as keyof typeof WORDS];
  return key ? t(key) : template.status.toLowerCase().replaceAll('_', ' ');
};

export const CATEGORIES = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const;
export const QUALITY: Record<string, Tone> = { GREEN: 'ok', YELLOW: 'warn', RED: 'bad' };
