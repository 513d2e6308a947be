import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import type { StudyListQuery } from '../../core/model.ts';
import type { UnmatchedPage } from '../../core/orders/unmatched.ts';
import type { HttpContext } from '../context.ts';
import { givenTexts } from './given-texts.ts';
import { type Loose, OrderSchema } from './order-answer.ts';
import { PROBLEMS } from './schemas.ts';
import { ListedStudy } from './study-schemas.ts';

const PATH = '/api/studies/{study}/order';

const StudyPath = z.object({ study: z.string().regex(/^[0-9.]{1,64}$/, 'not a UID') });

const Query = z.object({
  q: z.string().max(200).optional().openapi({ description: 'as for `/api/studies`' }),
  modality: z.string().max(340).optional(),
  from: z.iso.date().optional().openapi({ description: 'of the study date' }),
  to: z.iso.date().optional(),
  facility: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(ARCHIVE_LIMITS.unmatchedPage).default(25),
  after: z.string().max(1000).optional().openapi({ description: '`next` of the page before' }),
});

const Page: z.ZodType<Loose<UnmatchedPage>> = z
  .object({
    studies: z
      .array(
        z.object({
          study: ListedStudy,
          candidates: z
            .array(
              z.object({
                order: OrderSchema,
                score: z.number().openapi({ description: '0 to 100' }),
                reasons: z
                  .array(
                    z.enum(['studyInstanceUid', 'accessionNumber', 'patientId', 'name', 'birthDate', 'sex', 'day', 'modality']),
                  )
                  .readonly(),
              }),
            )
            .readonly(),
        }),
      )
      .readonly(),
    next: z.string().nullable(),
  })
  .openapi('UnmatchedPage');

/** Studies and their orders, where nobody but a person can tell. */
export function addMatchRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addUnmatched(app, context);
  addMatch(app, context);
  addUnmatch(app, context);
}

function addUnmatched(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/unmatched',
    tags: ['orders'],
    summary: 'Studies without an order, newest first, with orders that may be theirs',
    description: 'A page may have fewer studies than asked for, or none, and still a `next`.',
    middleware: context.access.guard('view'),
    request: { query: Query },
    responses: {
      200: { description: 'A page', content: { 'application/json': { schema: Page } } },
      400: PROBLEMS[400],
    },
  });
  app.openapi(route, async (c) => {
    const { limit, ...texts } = c.req.valid('query');
    const query: StudyListQuery = { limit, ...givenTexts(texts) };
    const page = await context.core.unmatched(query, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json(page, 200);
  });
}

function addMatch(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: PATH,
    tags: ['orders'],
    summary: 'Say for which order a study was made; its images stay as they are',
    middleware: context.access.guard('edit'),
    request: {
      params: StudyPath,
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.strictObject({
              accessionNumber: z.string().normalize('NFC').trim().min(1).max(64),
              confirm: z.boolean().default(false).openapi({ description: 'although the patients differ' }),
            }),
          },
        },
      },
    },
    responses: {
      200: { description: 'The order', content: { 'application/json': { schema: OrderSchema } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
      409: { ...PROBLEMS[409], description: '`code` patient-mismatch: `differences` says in what; `confirm` goes on' },
    },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const { study } = c.req.valid('param');
    const { accessionNumber, confirm } = c.req.valid('json');
    const wish = { studyInstanceUid: study, accessionNumber, confirm, by: subject.name };
    const order = await context.core.matching.match(wish, scopeOf(subject));
    await context.access.audit({
      action: 'study.match',
      outcome: 'success',
      subject,
      address: c.env.remoteAddress,
      facility: order.facility,
      studyInstanceUid: study,
      detail: `with ${order.accessionNumber}${confirm ? ', confirmed' : ''}`,
    });
    return c.json(order, 200);
  });
}

function addUnmatch(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'delete',
    path: PATH,
    tags: ['orders'],
    summary: 'Take a study from its order',
    middleware: context.access.guard('edit'),
    request: { params: StudyPath },
    responses: { 204: { description: 'Taken' }, 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const { study } = c.req.valid('param');
    const { facility, accessionNumber } = await context.core.matching.unmatch(study, subject.name, scopeOf(subject));
    await context.access.audit({
      action: 'study.unmatch',
      outcome: 'success',
      subject,
      address: c.env.remoteAddress,
      facility,
      studyInstanceUid: study,
      detail: `from ${accessionNumber}`,
    });
    return c.body(null, 204);
  });
}
