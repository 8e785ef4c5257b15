import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const activityRoutes = (shell: AnyRoute) => [page(shell, '/activity', load)];
