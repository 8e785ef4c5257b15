import { texts } from '../../i18n';
import en from '../../i18n/en/activity';

export const t = texts('activity', en);
