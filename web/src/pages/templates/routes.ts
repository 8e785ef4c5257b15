import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

export const templatesRoutes = (shell: AnyRoute) => [
  page(shell, '/templates', () => import('./page')),
  page(shell, '/templates/new', () => import('./new')),
];
