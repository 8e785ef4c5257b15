import { texts } from '../../i18n';
import en from '../../i18n/en/broadcasts';

export const t = texts('broadcasts', en);
