import { texts } from '../../i18n';
import en from '../../i18n/en/keys';

export const t = texts('keys', en);
