import type { AnyRoute } from '@tanstack/react-router';
import { pageWith } from '../lazy';

export const settingsRoutes = (shell: AnyRoute) => [pageWith(shell, '/settings', '/$section', () => import('./page'))];
