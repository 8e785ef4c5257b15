import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

export const numbersRoutes = (shell: AnyRoute) => [
  page(shell, '/numbers', () => import('./page')),
  page(shell, '/numbers/new', () => import('./add')),
  page(shell, '/numbers/$id', () => import('./number')),
];
