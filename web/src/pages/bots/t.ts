import { texts } from '../../i18n';
import en from '../../i18n/en/bots';

export const t = texts('bots', en);
