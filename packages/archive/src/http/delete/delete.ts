import { type AppEnv, scopeOf } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { auditRejection } from '../api/rejections.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { targetOf } from '../target.ts';

const STUDY = '/dicom-web/studies/:study';
const PATHS = [STUDY, `${STUDY}/series/:series`, `${STUDY}/series/:series/instances/:instance`] as const;
/** Of a reason that is given in the query. */
const MAX_REASON = 1_000;

/**
 * Deletes a study, series or instance: it is not there any more for anybody, and is kept for a while for who may restore it. PS3.18 has no such
 * transaction; other archives answer it at the same addresses.
 */
export function addDeleteRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const guard = context.access.guard('delete');
  for (const path of PATHS) {
    app.delete(path, guard, (c) => answerDelete(c, context));
  }
}

async function answerDelete(c: RequestContext, context: HttpContext): Promise<Response> {
  const subject = c.get('subject');
  const reason = (c.req.query('reason') ?? '').slice(0, MAX_REASON);
  const given = { kind: 'deleted', code: null, reason, by: subject.name } as const;
  const rejection = await context.core.rejections.reject(targetOf(c), given, scopeOf(subject));
  await auditRejection(c, context, rejection, 'study.delete');
  return c.body(null, 204, { link: `</api/rejections/${rejection.id}>; rel="describedby"`, 'cache-control': 'no-store' });
}
