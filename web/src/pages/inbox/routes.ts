import type { AnyRoute } from '@tanstack/react-router';
import { pageWith } from '../lazy';

export const inboxRoutes = (shell: AnyRoute) => [pageWith(shell, '/inbox', '/$id', () => import('./page'))];
