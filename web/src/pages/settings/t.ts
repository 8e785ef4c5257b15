import { texts } from '../../i18n';
import en from '../../i18n/en/settings';

export const t = texts('settings', en);
