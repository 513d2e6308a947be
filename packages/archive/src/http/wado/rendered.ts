import { type AppEnv, scopeOf } from '@filmless/access';
import { formatContentType, newBoundary, type OutgoingPart, writeMultipart } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, Target } from '../../core/model.ts';
import type { RenderOptions } from '../../core/ports.ts';
import { chooseSingle, covers, wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, primedParts, REVALIDATE, respond } from '../respond.ts';
import { frameIndexes, instanceTargetOf, targetOf } from '../target.ts';
import { encodedFrame } from './frame-bytes.ts';
import { noteView } from './note-view.ts';
import { parseRenderOptions, parseThumbnailOptions } from './render-options.ts';

/** Longest edge of a picture that does not count as a view of its study. */
const MAX_PREVIEW_EDGE = 200;

const IMAGES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const;

const STUDY = '/dicom-web/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;
const FRAMES = `${INSTANCE}/frames/:frames`;

/** Rendered images and thumbnails at every level. PS3.18 10.4.1.1.3, 10.4.1.1.6. */
export function addRenderedRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const guard = context.access.guard('view');
  for (const path of [STUDY, SERIES, INSTANCE, FRAMES]) {
    app.get(`${path}/rendered`, guard, (c) => answerRendered(c, context));
    app.get(`${path}/thumbnail`, guard, (c) => answerThumbnail(c, context));
  }
}

async function answerThumbnail(c: RequestContext, context: HttpContext): Promise<Response> {
  const mediaType = chooseSingle(wishes(c), IMAGES);
  const options = { ...parseThumbnailOptions(new URL(c.req.url).searchParams), mediaType };
  const instance = await instanceOf(c, context);
  if (!isPreview(c, options)) {
    noteView(c, context, instance);
  }
  const [index = 0] = c.req.param('frames') === undefined ? [0] : frameIndexes(c);
  return answerImage(c, context, instance, index, options);
}

/** One small picture for a study or a series is what a list shows of it; larger ones, and those of chosen images, are a view. */
function isPreview(c: RequestContext, { viewport }: RenderOptions): boolean {
  return (
    c.req.param('instance') === undefined &&
    viewport !== undefined &&
    Math.max(viewport.columns, viewport.rows) <= MAX_PREVIEW_EDGE
  );
}

async function answerRendered(c: RequestContext, context: HttpContext): Promise<Response> {
  const asked = wishes(c);
  const options = parseRenderOptions(new URL(c.req.url).searchParams);
  const indexes = c.req.param('frames') === undefined ? [0] : frameIndexes(c);
  const multipart = asked[0]?.container === 'multipart' || indexes.length > 1;
  if (multipart) {
    const wish = asked.find(({ container }) => container !== 'single');
    const mediaType = wish === undefined ? undefined : IMAGES.find((type) => covers(wish.type, type));
    if (mediaType === undefined) {
      throw new ArchiveError('not-acceptable', `Several images are available as multipart/related of ${IMAGES.join(', ')}.`);
    }
    return answerImages(c, context, indexes, { ...options, mediaType });
  }
  const rendering = { ...options, mediaType: chooseSingle(asked, IMAGES) };
  const instance = await instanceOf(c, context);
  noteView(c, context, instance);
  return answerImage(c, context, instance, indexes[0] ?? 0, rendering);
}

/** The instance asked for, or the one that stands for a study or series. */
function instanceOf(c: RequestContext, context: HttpContext): Promise<InstanceHeader> {
  const scope = scopeOf(c.get('subject'));
  return c.req.param('instance') === undefined
    ? context.core.representative(targetOf(c), scope)
    : context.headers.instance(instanceTargetOf(c), scope);
}

async function answerImage(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  index: number,
  options: RenderOptions,
): Promise<Response> {
  const etag = entityTag(instance.sha256, renderingName(index, options));
  if (isKnown(c, etag)) {
    return notModified(c, etag);
  }
  const { bytes, mediaType } = await render(context, instance, index, options);
  return respond(c, bytes, {
    'content-type': mediaType,
    'content-location': `${instanceUrl(dicomWebRoot(c), instance)}/frames/${index + 1}/rendered`,
    etag,
    'cache-control': REVALIDATE,
    vary: 'accept',
  });
}

async function answerImages(
  c: RequestContext,
  context: HttpContext,
  indexes: readonly number[],
  options: RenderOptions,
): Promise<Response> {
  const parts = await primedParts(imageParts(c, context, indexes, options));
  const boundary = newBoundary();
  return respond(c, writeMultipart(parts, boundary), {
    'content-type': formatContentType('multipart/related', { type: options.mediaType, boundary }),
    'cache-control': REVALIDATE,
    vary: 'accept',
  });
}

async function* imageParts(
  c: RequestContext,
  context: HttpContext,
  indexes: readonly number[],
  options: RenderOptions,
): AsyncGenerator<OutgoingPart, void, void> {
  const root = dicomWebRoot(c);
  const target: Target = targetOf(c);
  let first = true;
  for await (const instance of context.core.headers(target, scopeOf(c.get('subject')))) {
    if (first) {
      noteView(c, context, instance);
      first = false;
    }
    // What is no image has no rendering; a single instance asked for must have one.
    for (const index of instance.frames.count === 0 && target.sopInstanceUid === undefined ? [] : indexes) {
      const { bytes, mediaType } = await render(context, instance, index, options);
      const location = `${instanceUrl(root, instance)}/frames/${index + 1}/rendered`;
      yield { headers: { 'content-type': mediaType, 'content-location': location }, body: bytes };
    }
  }
}

async function render(
  context: HttpContext,
  instance: InstanceHeader,
  index: number,
  options: RenderOptions,
): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string }> {
  if (instance.frames.count === 0) {
    throw new ArchiveError('not-acceptable', 'This instance is not an image: there is nothing to render.');
  }
  if (index >= instance.frames.count) {
    throw new ArchiveError('no-such-frame', `There is no frame ${index + 1}: the instance has ${instance.frames.count}.`);
  }
  return context.pixels.render(encodedFrame(context, instance, index), options);
}

function renderingName(index: number, { mediaType, quality, window, viewport }: RenderOptions): string {
  const crop = viewport?.crop;
  const parts = [
    index + 1,
    mediaType.slice('image/'.length),
    quality,
    window && `${window.center},${window.width},${window.shape}`,
    viewport && `${viewport.columns}x${viewport.rows}`,
    crop && `${crop.left},${crop.top},${crop.width},${crop.height}`,
  ];
  return parts.map((part) => part ?? '').join('_');
}
