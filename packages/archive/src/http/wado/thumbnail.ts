import type { AppEnv } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { InstanceHeader } from '../../core/model.ts';
import type { PictureType } from '../../core/ports.ts';
import { chooseSingle, wishes } from '../accept.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, REVALIDATE, respond } from '../respond.ts';
import { frameIndexes } from '../target.ts';
import { noteView } from './note-view.ts';
import { PICTURES } from './picture.ts';
import { parseThumbnailOptions } from './render-options.ts';
import { answerPicture, instanceOf, RENDERED_LEVELS } from './rendered.ts';
import { kindOf, labelOf } from './rendered-kind.ts';

/** Longest edge of a picture that does not count as a view of its study. */
const MAX_PREVIEW_EDGE = 200;

interface Edges {
  readonly columns: number;
  readonly rows: number;
}

/** A small picture of anything, at every level. PS3.18 10.4.1.1.6. */
export function addThumbnailRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  for (const path of RENDERED_LEVELS) {
    app.get(`${path}/thumbnail`, context.access.guard('view'), (c) => answerThumbnail(c, context));
  }
}

async function answerThumbnail(c: RequestContext, context: HttpContext): Promise<Response> {
  const mediaType = chooseSingle(wishes(c), PICTURES);
  const options = parseThumbnailOptions(new URL(c.req.url).searchParams);
  const edges = options.viewport ?? { columns: MAX_PREVIEW_EDGE, rows: MAX_PREVIEW_EDGE };
  const instance = await instanceOf(c, context);
  if (!isPreview(c, edges)) {
    noteView(c, context, instance);
  }
  if (kindOf(instance).kind !== 'image') {
    return await answerPlaceholder(c, context, instance, mediaType, edges);
  }
  const [index = 0] = c.req.param('frames') === undefined ? [0] : frameIndexes(c);
  return await answerPicture(c, context, instance, [index], mediaType, { options, annotations: [], state: undefined });
}

/** What has no pixels is told by a word, so that a list has something to show for it. */
async function answerPlaceholder(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  mediaType: PictureType,
  { columns, rows }: Edges,
): Promise<Response> {
  const edge = Math.min(columns, rows);
  const etag = entityTag(instance.sha256, `placeholder-${mediaType.slice('image/'.length)}-${edge}`);
  if (isKnown(c, etag)) {
    return notModified(c, etag);
  }
  const { bytes } = await context.pixels.placeholder({ mediaType, columns: edge, rows: edge, lines: labelOf(instance) });
  return await respond(c, bytes, { 'content-type': mediaType, etag, 'cache-control': REVALIDATE, vary: 'accept' });
}

/** One small picture for a study or a series is what a list shows of it; larger ones, and those of chosen images, are a view. */
function isPreview(c: RequestContext, { columns, rows }: Edges): boolean {
  return c.req.param('instance') === undefined && Math.max(columns, rows) <= MAX_PREVIEW_EDGE;
}
