import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const botsRoutes = (shell: AnyRoute) => [page(shell, '/bots', load), page(shell, '/bots/$', load)];
