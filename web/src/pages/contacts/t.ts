import { texts } from '../../i18n';
import en from '../../i18n/en/contacts';

export const t = texts('contacts', en);
