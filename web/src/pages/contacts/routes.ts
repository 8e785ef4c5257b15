import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

export const contactsRoutes = (shell: AnyRoute) => [
  page(shell, '/contacts', () => import('./page')),
  page(shell, '/contacts/import', () => import('./import')),
  page(shell, '/contacts/import/$id', () => import('./import-run')),
  page(shell, '/contacts/$id', () => import('./contact')),
];
