import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import type { HttpContext } from '../context.ts';
import { PROBLEMS } from './schemas.ts';

const Uid = z.string().regex(/^[0-9.]{1,64}$/, 'not a UID');

const Asked = z.object({
  instances: z
    .array(z.object({ sopInstanceUid: Uid, sha256: z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hexadecimal') }))
    .max(ARCHIVE_LIMITS.askedDigests),
});

const Held = z.object({ held: z.array(z.string()).readonly() }).openapi('Held');

/** What another archive asks before it removes its copies: a question, although it has a body. */
export function addHeldRoute(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/studies/{study}/held',
    tags: ['studies'],
    summary: 'Which of these objects are kept here, byte for byte',
    description: 'sha256 is of the bytes of the data set, without the file meta information.',
    middleware: context.access.guard('view'),
    request: {
      params: z.object({ study: Uid }),
      body: { required: true, content: { 'application/json': { schema: Asked } } },
    },
    responses: {
      200: { description: 'SOP Instance UIDs of those that are', content: { 'application/json': { schema: Held } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const { study } = c.req.valid('param');
    const { instances } = c.req.valid('json');
    const held = await context.core.held(study, instances, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ held }, 200);
  });
}
