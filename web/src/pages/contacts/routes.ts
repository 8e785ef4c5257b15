import type { AnyRoute } from '@tanstack/react-router';
import { page } from '../lazy';

const load = () => import('./page');
export const contactsRoutes = (shell: AnyRoute) => [page(shell, '/contacts', load), page(shell, '/contacts/$', load)];
