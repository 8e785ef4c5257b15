import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const settingsRoutes = (shell: AnyRoute) => [
  page(shell, '/settings', load),
  page(shell, '/settings/$section', load),
];
