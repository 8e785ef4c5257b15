import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';

type Load = () => Promise<{ default: ComponentType }>;

/** A page's route; its chunk is loaded when somebody goes there, or hovers a link to it. */
export const page = (parent: AnyRoute, path: string, load: Load, name = path): AnyRoute =>
  createRoute({ getParentRoute: () => parent, path, component: lazyRouteComponent(load), staticData: { name } });
