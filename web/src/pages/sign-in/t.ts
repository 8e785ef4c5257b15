import { texts } from '../../i18n';
import en from '../../i18n/en/sign-in';

export const t = texts('sign-in', en);
