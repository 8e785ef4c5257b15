import { texts } from '../i18n';
import en from '../i18n/en/inbox';

export const t = texts('inbox', en);
