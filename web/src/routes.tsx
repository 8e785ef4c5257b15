import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queryClient } from './lib/api';
import { Problem } from './lib/problem';
import { parseSearch, stringifySearch } from './lib/search';
import { sessionQuery } from './lib/session';
import { activityRoutes } from './pages/activity/routes';
import { botsRoutes } from './pages/bots/routes';
import { broadcastsRoutes } from './pages/broadcasts/routes';
import { Broken } from './pages/broken';
import { contactsRoutes } from './pages/contacts/routes';
import { inboxRoutes } from './pages/inbox/routes';
import { keysRoutes } from './pages/keys/routes';
import { page } from './pages/lazy';
import { NotFound } from './pages/not-found';
import { numbersRoutes } from './pages/numbers/routes';
import { sandboxRoutes } from './pages/sandbox/routes';
import { settingsRoutes } from './pages/settings/routes';
import { templatesRoutes } from './pages/templates/routes';
import { webhooksRoutes } from './pages/webhooks/routes';

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: Broken });

/** Everything that needs a session. Without one: to sign in, and back afterwards. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./shell/page')),
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (Problem.of(error).status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { next: location.href } as never, replace: true });
    }
  },
});
const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox', replace: true });
  },
});

const tree = root.addChildren([
  index,
  page(root, '/sign-in', () => import('./pages/sign-in/page')),
  page(root, '/forgot', () => import('./pages/sign-in/forgot')),
  page(root, '/setup', () => import('./pages/sign-in/setup')),
  page(root, '/invite/$token', () => import('./pages/sign-in/invite')),
  page(root, '/reset/$token', () => import('./pages/sign-in/reset')),
  shell.addChildren([
    ...inboxRoutes(shell),
    ...contactsRoutes(shell),
    ...broadcastsRoutes(shell),
    ...botsRoutes(shell),
    ...numbersRoutes(shell),
    ...templatesRoutes(shell),
    ...keysRoutes(shell),
    ...webhooksRoutes(shell),
    ...activityRoutes(shell),
    ...sandboxRoutes(shell),
    ...settingsRoutes(shell),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  basepath: import.meta.env.BASE_URL,
  defaultPreload: 'intent',
  scrollRestoration: false,
  parseSearch,
  stringifySearch,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: Broken,
});
