import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import type { StudyListQuery } from '../../core/model.ts';
import type { HttpContext } from '../context.ts';
import { noteView } from '../wado/note-view.ts';
import { givenTexts } from './given-texts.ts';
import { PROBLEMS } from './schemas.ts';
import { ListedStudy, StudyDetailSchema } from './study-schemas.ts';

export const Uid: z.ZodString = z
  .string()
  .regex(/^[0-9.]{1,64}$/, 'not a UID')
  .openapi({ example: '1.2.840.113619.2.1' });
export const Day: z.ZodISODate = z.iso.date().openapi({ example: '2026-03-01' });

const Query = z.object({
  q: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: 'words of the name without accents, a patient id or an accession number' }),
  modality: z
    .string()
    .max(340)
    .optional()
    .openapi({ description: 'a code, or up to 20 of them separated by commas', example: 'CR,DX' }),
  from: Day.optional(),
  to: Day.optional().openapi({ description: 'inclusive' }),
  patientId: z.string().max(64).optional(),
  accessionNumber: z.string().max(64).optional(),
  facility: z.string().max(64).optional().openapi({ description: 'studies this facility owns, within the caller’s reach' }),
  limit: z.coerce.number().int().min(1).max(ARCHIVE_LIMITS.studyPage).default(50),
  after: z.string().max(1000).optional().openapi({ description: '`next` of the page before' }),
});

const Page = z
  .object({
    studies: z.array(ListedStudy).readonly(),
    total: z.object({ count: z.number(), exact: z.boolean() }),
    next: z.string().nullable(),
  })
  .openapi('StudyPage');

/** The worklist and one study of it. */
export function addStudyRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addList(app, context);
  addDetail(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/studies',
    tags: ['studies'],
    summary: 'Studies, newest first',
    middleware: context.access.guard('view'),
    request: { query: Query },
    responses: {
      200: { description: 'A page', content: { 'application/json': { schema: Page } } },
      400: PROBLEMS[400],
    },
  });
  app.openapi(route, async (c) => {
    const page = await context.core.listStudies(toQuery(c.req.valid('query')), scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ studies: page.studies, total: page.total, next: page.next }, 200);
  });
}

function addDetail(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/studies/{study}',
    tags: ['studies'],
    summary: 'One study with its series',
    middleware: context.access.guard('view'),
    request: { params: z.object({ study: Uid }) },
    responses: {
      200: { description: 'The study', content: { 'application/json': { schema: StudyDetailSchema } } },
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const study = await context.core.studyDetail(c.req.valid('param').study, scopeOf(c.get('subject')));
    noteView(c, context, study);
    c.header('cache-control', 'no-store');
    return c.json(study, 200);
  });
}

function toQuery(query: z.infer<typeof Query>): StudyListQuery {
  const { limit, ...texts } = query;
  return { limit, ...givenTexts(texts) };
}
