import type { Hono, MiddlewareHandler } from 'hono';
import { findTargetHandler, isMiddleware } from 'hono/utils/handler';
import type { AppEnv } from '../access.ts';
import type { Right } from '../model.ts';

/** How a route is protected, as its first middleware says. */
export type GuardMark =
  | { readonly kind: 'right'; readonly right: Right }
  /** Any subject, whatever its rights: what concerns only itself. */
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'open'; readonly why: string };

const MARK: unique symbol = Symbol('filmless.guard');

export function marked(mark: GuardMark, middleware: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> {
  return Object.assign(middleware, { [MARK]: mark });
}

function markOf(handler: object): GuardMark | undefined {
  return MARK in handler ? (handler[MARK] as GuardMark) : undefined;
}

export interface RouteGuard {
  readonly method: string;
  readonly path: string;
  /** Undefined: the route would answer anybody without having been asked whether it may. */
  readonly guard: GuardMark | undefined;
}

/**
 * Every route of an application with its guard, for the test that no route lacks one. A guard counts only when it is the
 * first handler of the very same method and path.
 */
export function routeGuards(app: Hono<AppEnv>): readonly RouteGuard[] {
  const first = new Map<string, RouteGuard>();
  const answering = new Set<string>();
  for (const { method, path, handler } of app.routes) {
    const target = findTargetHandler(handler);
    const key = `${method} ${path}`;
    const guard = markOf(target);
    if (guard === undefined && isMiddleware(target) && method === 'ALL') {
      continue;
    }
    if (!first.has(key)) {
      first.set(key, { method, path, guard });
    }
    if (guard === undefined) {
      answering.add(key);
    }
  }
  return [...first.entries()].filter(([key]) => answering.has(key)).map(([, route]) => route);
}
