import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import type { AppEnv } from '../access.ts';
import { marked, routeGuards } from './marks.ts';
import { notFound, onError } from './problem.ts';

const guard = marked({ kind: 'right', right: 'view' }, async (_c, next) => {
  await next();
});
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the walk over routes', () => {
  it('finds the guard of a route, also through a mounted application with its own error handler', () => {
    const inner = new OpenAPIHono<AppEnv>();
    inner.onError(onError(silent));
    inner.get('/a', guard, (c) => c.text('a'));
    const app = new OpenAPIHono<AppEnv>().notFound(notFound);
    app.use('*', async (_c, next) => {
      await next();
    });
    app.route('/api', inner);
    expect(routeGuards(app)).toEqual([{ method: 'GET', path: '/api/a', guard: { kind: 'right', right: 'view' } }]);
  });

  it('shows a route without a guard, and one whose guard comes too late', () => {
    const app = new OpenAPIHono<AppEnv>();
    app.get('/bare', (c) => c.text(''));
    app.post(
      '/late',
      async (_c, next) => await next(),
      guard,
      (c) => c.text(''),
    );
    app.all('/any', (c) => c.text(''));
    expect(routeGuards(app)).toEqual([
      { method: 'GET', path: '/bare', guard: undefined },
      { method: 'POST', path: '/late', guard: undefined },
      { method: 'ALL', path: '/any', guard: undefined },
    ]);
  });
});
