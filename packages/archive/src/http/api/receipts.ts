import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import { RECEIPT_STATES, type Receipt } from '../../core/receipts/model.ts';
import type { HttpContext } from '../context.ts';
import { givenTexts } from './given-texts.ts';
import { PROBLEMS } from './schemas.ts';
import { Day, Uid } from './studies.ts';
import { ListedStudy } from './study-schemas.ts';

const ReceiptSchema: z.ZodType<Receipt> = z
  .object({
    studyInstanceUid: z.string(),
    state: z.enum(RECEIPT_STATES).openapi({
      description:
        '`problem`: an image is missing, was refused or waits for a person; `incomplete`: still coming in; `waiting`: all here, some on its way elsewhere',
    }),
    missing: z.number().openapi({ description: 'told of, and not here' }),
    told: z
      .array(z.object({ by: z.enum(['mpps', 'commitment', 'association']), from: z.string(), count: z.number(), at: z.string() }))
      .readonly()
      .openapi({ description: 'what machines say there is' }),
    sent: z
      .array(
        z.object({
          callingAe: z.string().nullable(),
          user: z.string().nullable(),
          address: z.string().nullable(),
          count: z.number(),
          first: z.string(),
          last: z.string(),
        }),
      )
      .readonly()
      .openapi({ description: 'who sent what is kept; no names where they are not the caller’s to know, or not known' }),
    safe: z.number().openapi({ description: 'objects kept, those set aside included' }),
    indexed: z.number(),
    conflicts: z.number().openapi({ description: 'set aside for a person' }),
    refused: z.number().openapi({ description: 'sent, not taken, and not here since' }),
    refusals: z
      .array(
        z.object({
          reason: z.enum(['full', 'away', 'broken', 'failed']),
          from: z.string(),
          count: z.number(),
          last: z.string(),
        }),
      )
      .readonly(),
    commitment: z
      .object({ asked: z.number(), granted: z.number(), refused: z.number(), reportedAt: z.string().nullable() })
      .openapi({ description: 'what machines asked about by storage commitment, and were told' }),
    deliveries: z
      .array(
        z.object({
          destination: z.string(),
          site: z.string().nullable(),
          class: z.enum(['emergency', 'consultation', 'routine', 'backfill']),
          delivered: z.number(),
          waiting: z.number(),
          held: z.number().openapi({ description: 'until an hour, or while the destination is paused' }),
          aside: z.number().openapi({ description: 'waits for a person' }),
          lastDeliveredAt: z.string().nullable(),
          arrives: z.string().nullable(),
          problem: z.string().nullable(),
          confirmed: z
            .number()
            .nullable()
            .openapi({ description: 'what the receiver says it keeps; null where it is not asked' }),
        }),
      )
      .readonly(),
    undecided: z.number().openapi({ description: 'a routing rule has yet to decide about them' }),
    removed: z
      .object({ instances: z.number(), at: z.string() })
      .nullable()
      .openapi({ description: 'copies that were removed here because the centre keeps them' }),
    centre: z
      .object({
        receipt: z
          .object({ state: z.enum(RECEIPT_STATES), missing: z.number(), safe: z.number(), indexed: z.number() })
          .nullable(),
        asOf: z.string().nullable().openapi({ description: 'when it said so; null: it was not asked yet' }),
        problem: z.string().nullable().openapi({ description: 'why it cannot be asked now' }),
      })
      .nullable()
      .openapi({ description: 'of a gateway: what the centre says of the study' }),
  })
  .openapi('Receipt', { description: 'all counts are of distinct instances' });

const Query = z.object({
  state: z.enum(['problem', 'waiting']).default('problem'),
  from: Day.optional(),
  to: Day.optional().openapi({ description: 'inclusive; of the study date' }),
  limit: z.coerce.number().int().min(1).max(ARCHIVE_LIMITS.studyPage).default(50),
  after: z.string().max(100).optional().openapi({ description: '`next` of the page before' }),
});

const Page = z
  .object({
    studies: z.array(ListedStudy).readonly(),
    absent: z
      .array(
        z.object({
          studyInstanceUid: z.string(),
          facility: z.string(),
          refused: z.number(),
          from: z.string(),
          last: z.string(),
        }),
      )
      .readonly()
      .openapi({ description: 'with the first page: studies that were sent, and of which nothing was taken' }),
    next: z.string().nullable(),
  })
  .openapi('ReceiptPage');

/** Whether studies arrived whole, and how far they got. */
export function addReceiptRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addReceipt(app, context);
  addList(app, context);
}

function addReceipt(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/studies/{study}/receipt',
    tags: ['studies'],
    summary: 'Whether a study arrived whole, is safe, and where it went',
    middleware: context.access.guard('view'),
    request: { params: z.object({ study: Uid }) },
    responses: {
      200: { description: 'The receipt', content: { 'application/json': { schema: ReceiptSchema } } },
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const receipt = await context.core.receipts.receipt(c.req.valid('param').study, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json(receipt, 200);
  });
}

function addList(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/receipts',
    tags: ['studies'],
    summary: 'Studies of which something is missing or waits for a person, or is on its way; newest first',
    middleware: context.access.guard('view'),
    request: { query: Query },
    responses: {
      200: { description: 'A page', content: { 'application/json': { schema: Page } } },
      400: PROBLEMS[400],
    },
  });
  app.openapi(route, async (c) => {
    const { state, limit, ...texts } = c.req.valid('query');
    const page = await context.core.receipts.list({ state, limit, ...givenTexts(texts) }, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json(page, 200);
  });
}
