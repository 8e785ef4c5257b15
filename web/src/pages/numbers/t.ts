import { texts } from '../../i18n';
import en from '../../i18n/en/numbers';

export const t = texts('numbers', en);
