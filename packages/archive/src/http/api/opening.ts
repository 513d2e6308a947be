import { type AppEnv, scopeOf } from '@filmless/access';
import { firstNumber, TAG, type TagKey } from '@filmless/dicom';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, SeriesEntry, StudyDetail } from '../../core/model.ts';
import type { StudyAround } from '../../core/orders/study-around.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { entityTagOf, isKnown, notModified, REVALIDATE, respond } from '../respond.ts';
import { encodedFrame } from '../wado/frame-bytes.ts';
import { noteView } from '../wado/note-view.ts';
import { kindOf } from '../wado/rendered-kind.ts';
import { PROBLEMS } from './schemas.ts';
import { Uid } from './studies.ts';
import { StudyDetailSchema } from './study-schemas.ts';

/** Of the whole answer: what a slow line brings in the time a doctor waits without noticing. */
const MOST_BYTES = 64_000;
/** Of the list of series; what it leaves is the preview's. A series takes some 400. */
const MOST_SERIES_BYTES = 36_000;
/** What stands around the picture. */
const FRAME_BYTES = 500;
/** Beyond it a preview gains bytes and nothing to be seen before the image is there. */
const MOST_EDGE = 768;
/** A JPEG's own tables take half of this. */
const LEAST_PREVIEW_BYTES = 1_500;

/** Made from images, not by a modality: not what a reader sees first. PS3.3 C.7.3.1.1.1. */
const DERIVED: ReadonlySet<string> = new Set(['SEG', 'PR', 'RTDOSE', 'RWV']);

const Preview = z
  .object({
    seriesInstanceUid: z.string(),
    sopInstanceUid: z.string(),
    frame: z.number().openapi({ description: 'its number, from 1' }),
    mediaType: z.literal('image/jpeg'),
    data: z.string().openapi({ description: 'the picture in base64, in its first window: not for diagnosis' }),
  })
  .openapi('OpeningPreview');

const Opening = z
  .object({
    study: StudyDetailSchema,
    more: z
      .number()
      .openapi({ description: 'series of the study left out at the end of the list, for its size: ask for the study itself' }),
    preview: Preview.nullable().openapi({ description: 'null where there is no picture, or none could be made' }),
  })
  .openapi('Opening');

type OpenedStudy = StudyDetail & StudyAround;

/**
 * All that is needed to open a study, in one answer of 64 kB at most: its series, and a small picture of the image that is seen first.
 *
 * One JSON document with the picture in base64, not `multipart/mixed`: a browser has no reader for parts, the answer is small, and a
 * third more bytes for the picture are less than a second request costs. The picture has what the list of series leaves of the bytes.
 */
export function addOpeningRoute(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/studies/{study}/opening',
    tags: ['studies'],
    summary: 'One study with its series and a preview of its first image, at most 64 kB',
    middleware: context.access.guard('view'),
    request: { params: z.object({ study: Uid }) },
    responses: {
      200: { description: 'What to open it with', content: { 'application/json': { schema: Opening } } },
      304: { description: 'As known by If-None-Match' },
      404: PROBLEMS[404],
      413: PROBLEMS[413],
    },
  });
  app.openapi(route, async (c) => {
    const study = await context.core.studyDetail(c.req.valid('param').study, scopeOf(c.get('subject')));
    noteView(c, context, study);
    return await answerOpening(c, context, study);
  });
}

async function answerOpening(c: RequestContext, context: HttpContext, whole: OpenedStudy): Promise<Response> {
  const { study, more } = shortened(whole);
  const text = JSON.stringify(study);
  const instance = await firstImage(c, context, whole);
  const etag = entityTagOf(`${instance?.sha256} ${more} ${text}`);
  if (isKnown(c, etag)) {
    return notModified(c, etag);
  }
  const left = MOST_BYTES - FRAME_BYTES - Buffer.byteLength(text);
  if (left < 0) {
    throw new ArchiveError(
      'limit-exceeded',
      'What is known of this study is too long to be opened at once: ask for the study itself.',
    );
  }
  const preview = instance === undefined ? null : await previewOf(context, instance, left);
  // NOTE: the study is not written twice; this is JSON.stringify({ study, more, preview }).
  const body = `{"study":${text},"more":${more},"preview":${JSON.stringify(preview)}}`;
  // One that could not be made may be made the next time.
  const kept =
    instance === undefined || preview !== null ? { etag, 'cache-control': REVALIDATE } : { 'cache-control': 'no-store' };
  return await respond(c, body, { 'content-type': 'application/json', ...kept });
}

/** As many series as fit, with the one that is seen first among them. */
function shortened(whole: OpenedStudy): { readonly study: OpenedStudy; readonly more: number } {
  const first = seenFirst(whole);
  let left = MOST_SERIES_BYTES - sizeOf(first);
  const series = whole.series.filter((entry) => {
    left -= entry === first ? 0 : sizeOf(entry);
    return entry === first || left >= 0;
  });
  return { study: { ...whole, series }, more: whole.series.length - series.length };
}

function sizeOf(entry: SeriesEntry | undefined): number {
  return entry === undefined ? 0 : Buffer.byteLength(JSON.stringify(entry)) + 1;
}

/** What a viewer shows before anything was chosen: the first series with pictures of a machine's own. */
function seenFirst({ series }: StudyDetail): SeriesEntry | undefined {
  const pictures = series.filter(({ rows }) => rows !== null && rows > 0);
  return pictures.find(({ modality }) => !DERIVED.has(modality)) ?? pictures[0];
}

async function firstImage(c: RequestContext, context: HttpContext, study: OpenedStudy): Promise<InstanceHeader | undefined> {
  const first = seenFirst(study);
  if (first === undefined) {
    return undefined;
  }
  const { studyInstanceUid } = study;
  const { seriesInstanceUid, firstInstanceUid: sopInstanceUid } = first;
  const target = { studyInstanceUid, seriesInstanceUid, sopInstanceUid };
  const instance = await orNothing(context.headers.instance(target, scopeOf(c.get('subject'))));
  return instance !== undefined && kindOf(instance).kind === 'image' ? instance : undefined;
}

async function previewOf(context: HttpContext, instance: InstanceHeader, most: number): Promise<z.infer<typeof Preview> | null> {
  const mostBytes = Math.floor(most / 4) * 3;
  if (mostBytes < LEAST_PREVIEW_BYTES) {
    return null;
  }
  const mediaType = 'image/jpeg';
  const viewport = { columns: edgeOf(instance, TAG.Columns), rows: edgeOf(instance, TAG.Rows) };
  const picture = await orNothing(context.pixels.render(encodedFrame(context, instance, 0), { mediaType, mostBytes, viewport }));
  if (picture === undefined) {
    return null;
  }
  const { seriesInstanceUid, sopInstanceUid } = instance;
  return { seriesInstanceUid, sopInstanceUid, frame: 1, mediaType, data: Buffer.from(picture.bytes).toString('base64') };
}

/** Never enlarged: the viewer does that. */
function edgeOf({ header }: InstanceHeader, tag: TagKey): number {
  return Math.max(1, Math.min(MOST_EDGE, firstNumber(header, tag) ?? MOST_EDGE));
}

/** A study opens without its preview: what is wrong with the image is told where the image is asked for. */
async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ArchiveError) {
      return undefined;
    }
    throw error;
  }
}
