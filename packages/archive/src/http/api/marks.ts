import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import type { HttpContext } from '../context.ts';
import { noteView } from '../wado/note-view.ts';
import { MarkSchema, SentMarkSchema } from './mark-schemas.ts';
import { PROBLEMS } from './schemas.ts';
import { Uid } from './studies.ts';

const PATH = '/api/studies/{study}/marks';

const StudyPath = z.object({ study: Uid });

const Page = z
  .object({
    marks: z.array(MarkSchema).readonly(),
    next: z.number().openapi({ description: 'as `since`, gives what comes after' }),
    more: z.boolean().openapi({ description: 'more is there already' }),
    mayWrite: z.boolean().openapi({ description: 'whether who asks may draw on this study' }),
  })
  .openapi('MarkPage');

/** Measurements and annotations on the images of a study. */
export function addMarkRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addRead(app, context);
  addPut(app, context);
}

function addRead(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: PATH,
    tags: ['studies'],
    summary: 'What was drawn on a study, in the order in which it changed last; deleted marks among them',
    middleware: context.access.guard('view'),
    request: {
      params: StudyPath,
      query: z.object({ since: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) }),
    },
    responses: {
      200: { description: 'A page', content: { 'application/json': { schema: Page } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const { study } = c.req.valid('param');
    const { facility, ...page } = await context.core.marks.since(study, c.req.valid('query').since, c.get('subject'));
    noteView(c, context, { studyInstanceUid: study, facility });
    c.header('cache-control', 'no-store');
    return c.json(page, 200);
  });
}

function addPut(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'put',
    path: PATH,
    tags: ['studies'],
    summary: 'Draw, change and delete marks; each is merged with what is there',
    description:
      'What was deleted stays so; else the higher `revision` wins, then the later `modified`, then the greater id of who changed it. Sent twice it is the same.',
    middleware: context.access.guard('upload'),
    request: {
      params: StudyPath,
      body: {
        required: true,
        content: {
          'application/json': { schema: z.strictObject({ marks: z.array(SentMarkSchema).max(ARCHIVE_LIMITS.marksAtOnce) }) },
        },
      },
    },
    responses: {
      200: {
        description: 'The state that counts of each that was sent, durably kept',
        content: { 'application/json': { schema: z.object({ marks: z.array(MarkSchema).readonly() }) } },
      },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
      413: PROBLEMS[413],
    },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const { study } = c.req.valid('param');
    const { marks, changed, facility } = await context.core.marks.put(study, c.req.valid('json').marks, subject);
    if (changed > 0) {
      await context.access.audit({
        action: 'study.mark',
        outcome: 'success',
        subject,
        address: c.env.remoteAddress,
        facility,
        studyInstanceUid: study,
        detail: `marks: ${changed}`,
      });
    }
    c.header('cache-control', 'no-store');
    return c.json({ marks }, 200);
  });
}
