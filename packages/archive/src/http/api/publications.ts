import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import { KEY_TITLES, QUANTITIES, UNITS } from '../../core/publishing/model.ts';
import type { HttpContext } from '../context.ts';
import { auditStore } from '../stow/audit.ts';
import { sourceOf } from '../stow/source.ts';
import { PROBLEMS } from './schemas.ts';
import { Uid } from './studies.ts';

const Value = z.strictObject({
  quantity: z.enum(QUANTITIES),
  value: z.number().min(-1e12).max(1e12),
  unit: z.enum(UNITS),
  lines: z
    .array(z.array(z.number().int().min(0).max(2_000)).min(2).max(2_000).readonly())
    .max(4)
    .readonly()
    .default([])
    .openapi({ description: 'what it was measured on, by places in the list of the mark’s points' }),
});

const Measurements = z.strictObject({
  kind: z.literal('measurements'),
  marks: z
    .array(z.strictObject({ id: z.uuid().toLowerCase(), values: z.array(Value).min(1).max(16).readonly() }))
    .min(1)
    .max(ARCHIVE_LIMITS.publishedMarks)
    .readonly(),
});

const KeyImages = z.strictObject({
  kind: z.literal('key-images'),
  title: z.enum(KEY_TITLES).default('of-interest'),
  description: z.string().normalize('NFC').trim().max(1_000).default(''),
  images: z
    .array(
      z.strictObject({
        seriesInstanceUid: Uid,
        sopInstanceUid: Uid,
        frames: z.array(z.number().int().min(1).max(1_000_000)).max(1_000).readonly().default([]),
      }),
    )
    .min(1)
    .max(ARCHIVE_LIMITS.publishedMarks)
    .readonly(),
});

const Presentation = z.strictObject({
  kind: z.literal('presentation'),
  description: z.string().normalize('NFC').trim().max(64).default(''),
  image: z.strictObject({
    seriesInstanceUid: Uid,
    sopInstanceUid: Uid,
    frame: z.number().int().min(1).max(1_000_000),
    window: z.strictObject({ center: z.number().min(-1e9).max(1e9), width: z.number().min(1).max(1e9) }).optional(),
    inverted: z.boolean().default(false),
    mirrored: z.boolean().default(false),
    turns: z.number().int().min(0).max(3).default(0).openapi({ description: 'quarters to the right, after it was mirrored' }),
  }),
  marks: z
    .array(z.strictObject({ id: z.uuid().toLowerCase(), text: z.string().normalize('NFC').max(1_000).default('') }))
    .max(ARCHIVE_LIMITS.publishedMarks)
    .readonly()
    .default([]),
});

const Published = z
  .object({
    kind: z.enum(['measurements', 'key-images', 'presentation']),
    studyInstanceUid: z.string(),
    seriesInstanceUid: z.string(),
    sopInstanceUid: z.string(),
    sopClassUid: z.string(),
    status: z.string(),
  })
  .openapi('Publication');

/** What was measured and chosen, as objects that other systems read. */
export function addPublicationRoute(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/studies/{study}/publications',
    tags: ['studies'],
    summary: 'Publish measurements as a structured report, key images, or how an image is shown',
    description:
      'Comprehensive SR by TID 1500, Key Object Selection by TID 2010, or Grayscale Softcopy Presentation State, stored in the study as any other object.',
    middleware: context.access.guard('upload'),
    request: {
      params: z.object({ study: Uid }),
      body: {
        required: true,
        content: { 'application/json': { schema: z.discriminatedUnion('kind', [Measurements, KeyImages, Presentation]) } },
      },
    },
    responses: {
      201: { description: 'Stored', content: { 'application/json': { schema: Published } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
      413: PROBLEMS[413],
    },
  });
  app.openapi(route, async (c) => {
    const publication = c.req.valid('json');
    const { study } = c.req.valid('param');
    const made = await context.core.publishing.make(study, publication, c.get('subject'));
    const { facility, received, ...ids } = made;
    const source = { ...sourceOf(c, context), facility };
    const outcome = await context.store(received, source, { studyInstanceUid: ids.studyInstanceUid });
    await auditStore(c, context, source, [outcome]);
    if (outcome.status === 'refused') {
      const code = outcome.reason === 'full' ? 'store-full' : outcome.reason === 'away' ? 'store-away' : 'conflict';
      throw new ArchiveError(code, outcome.message);
    }
    c.header('cache-control', 'no-store');
    return c.json({ kind: publication.kind, ...ids, sopClassUid: outcome.sopClassUid, status: outcome.status }, 201);
  });
}
