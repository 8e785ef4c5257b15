import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

export const broadcastsRoutes = (shell: AnyRoute) => [
  page(shell, '/broadcasts', () => import('./page')),
  page(shell, '/broadcasts/new', () => import('./compose')),
  page(shell, '/broadcasts/$id', () => import('./broadcast')),
  page(shell, '/broadcasts/$id/edit', () => import('./compose')),
];
