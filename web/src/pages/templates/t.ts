import { texts } from '../../i18n';
import en from '../../i18n/en/templates';

export const t = texts('templates', en);
