import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const sandboxRoutes = (shell: AnyRoute) => [page(shell, '/sandbox', load)];
