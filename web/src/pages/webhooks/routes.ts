import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const webhooksRoutes = (shell: AnyRoute) => [page(shell, '/webhooks', load)];
