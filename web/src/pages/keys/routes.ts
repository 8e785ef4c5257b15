import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const keysRoutes = (shell: AnyRoute) => [page(shell, '/keys', load)];
