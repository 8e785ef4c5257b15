import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

export const botsRoutes = (shell: AnyRoute) => [
  page(shell, '/bots', () => import('./page')),
  page(shell, '/bots/new', () => import('./add')),
  page(shell, '/bots/$id', () => import('./bot')),
];
