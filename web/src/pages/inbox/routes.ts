import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const inboxRoutes = (shell: AnyRoute) => [page(shell, '/inbox', load), page(shell, '/inbox/$id', load)];
