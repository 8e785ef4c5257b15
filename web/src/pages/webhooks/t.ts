import { texts } from '../../i18n';
import en from '../../i18n/en/webhooks';

export const t = texts('webhooks', en);
