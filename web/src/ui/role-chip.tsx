import { t } from '../i18n/shell';
import type { Role } from '../lib/session';
import { Chip } from './chip';

/** What somebody, or a key, may do. */
export const RoleChip = ({ role }: { role: Role }) => <Chip>{t(`role_${role}`)}</Chip>;
