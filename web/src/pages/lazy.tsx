import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';

type Load = () => Promise<{ default: ComponentType }>;

/** A page's route; its chunk is loaded when somebody goes there, or hovers a link to it. */
export const page = (parent: AnyRoute, path: string, load: Load): AnyRoute =>
  createRoute({ getParentRoute: () => parent, path, component: lazyRouteComponent(load) });

/** One page for a path and for what is under it: going from one to the other leaves standing what both show. */
export const pageWith = (parent: AnyRoute, path: string, under: string, load: Load): AnyRoute => {
  const route = page(parent, path, load);
  const within = (of: string) => createRoute({ getParentRoute: () => route, path: of });
  return route.addChildren([within('/'), within(under)]);
};
