import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const broadcastsRoutes = (shell: AnyRoute) => [
  page(shell, '/broadcasts', load),
  page(shell, '/broadcasts/$', load),
];
