import type { AppEnv, Log } from '@filmless/access';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { SERVER_LIMITS } from '../limits.ts';
import type { HttpMetrics } from './metrics/http-metrics.ts';

/** Requests for these are written down when something is wrong with them: there are many, and they tell nothing. */
const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/*']);

/**
 * Measures each answer and writes a line of it: method, pattern of the route, status, milliseconds to the head of the answer.
 * Never the address: it may name a patient, in its path or in what is asked for.
 */
export function requestLog(log: Log, metrics: HttpMetrics): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const start = performance.now();
    metrics.begin();
    await next();
    const ms = performance.now() - start;
    // NOTE: after `next` this is the pattern of the handler that went deepest, which is the one that answered.
    const route = routePath(c);
    const { method } = c.req;
    const { status } = c.res;
    metrics.end({ method, route, status, seconds: ms / 1000 });
    const slow = ms >= SERVER_LIMITS.slowRequest;
    const line = { method, route, status, ms: Math.round(ms * 10) / 10, ...(slow ? { slow } : {}) };
    if (slow || status >= 500) {
      log.warn(line, 'request');
    } else if (!QUIET.has(route)) {
      log.info(line, 'request');
    }
  };
}
