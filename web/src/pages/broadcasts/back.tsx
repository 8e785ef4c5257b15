import { Back as BackTo } from '../../ui/back';
import { t } from './t';

export const Back = () => <BackTo to="/broadcasts" label={t('back')} />;
