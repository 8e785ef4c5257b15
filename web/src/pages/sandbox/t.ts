import { texts } from '../../i18n';
import en from '../../i18n/en/sandbox';

export const t = texts('sandbox', en);
