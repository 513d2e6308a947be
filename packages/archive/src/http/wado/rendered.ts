import { type AppEnv, scopeOf } from '@filmless/access';
import { formatContentType, newBoundary, type OutgoingPart, writeMultipart } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, Target } from '../../core/model.ts';
import type { PictureType, RenderedFrame } from '../../core/ports.ts';
import { chooseSingle, covers, type Wish, wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, primedParts, REVALIDATE, respond } from '../respond.ts';
import { frameIndexes, instanceTargetOf, targetOf } from '../target.ts';
import { askedState, referencedFrames, stateOf } from './applied-state.ts';
import { noteView } from './note-view.ts';
import { movingPictureOf, PICTURES, type PictureWish, pictureName, pictureOf } from './picture.ts';
import { parseAnnotation, parseRenderOptions } from './render-options.ts';
import { answerDocument, answerReport, answerVideo, REPORTS } from './rendered-document.ts';
import { kindOf } from './rendered-kind.ts';

const STUDY = '/dicom-web/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;
const FRAMES = `${INSTANCE}/frames/:frames`;
export const RENDERED_LEVELS: readonly string[] = [STUDY, SERIES, INSTANCE, FRAMES];

/** What can be looked at, at every level. PS3.18 10.4.1.1.3. */
export function addRenderedRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  for (const path of RENDERED_LEVELS) {
    app.get(`${path}/rendered`, context.access.guard('view'), (c) => answerRendered(c, context));
  }
}

async function answerRendered(c: RequestContext, context: HttpContext): Promise<Response> {
  const asked = wishes(c);
  const query = new URL(c.req.url).searchParams;
  const scope = scopeOf(c.get('subject'));
  const wish: PictureWish = {
    options: parseRenderOptions(query),
    annotations: parseAnnotation(query.get('annotation')),
    state: await askedState(context, targetOf(c), query, scope),
  };
  const indexes = c.req.param('frames') === undefined ? undefined : frameIndexes(c);
  const moving = asked[0]?.container === 'single' && asked[0].type === 'image/gif';
  if (asked[0]?.container === 'multipart' || (indexes !== undefined && indexes.length > 1 && !moving)) {
    return await answerMany(c, context, asked, indexes, wish);
  }
  const instance = await instanceOf(c, context);
  noteView(c, context, instance);
  return await answerRepresentation(c, context, instance, asked, indexes, wish);
}

/** The instance asked for, or the one that stands for a study or series. */
export function instanceOf(c: RequestContext, context: HttpContext): Promise<InstanceHeader> {
  const scope = scopeOf(c.get('subject'));
  return c.req.param('instance') === undefined
    ? context.core.representative(targetOf(c), scope)
    : context.headers.instance(instanceTargetOf(c), scope);
}

/** An instance as what it is: a picture, a video, a document, a report. */
async function answerRepresentation(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  asked: readonly Wish[],
  indexes: readonly number[] | undefined,
  wish: PictureWish,
): Promise<Response> {
  const kind = kindOf(instance);
  switch (kind.kind) {
    case 'image':
      return await answerPicture(c, context, instance, indexes, chooseSingle(asked, PICTURES), wish);
    case 'video':
      return await answerVideo(c, context, instance, asked, kind.mediaType);
    case 'document':
      return await answerDocument(c, context, instance, asked, kind.mediaType);
    case 'report':
      return await answerReport(c, instance, chooseSingle(asked, REPORTS));
    case 'state':
      return await answerState(c, context, instance, asked, wish);
    case 'other':
      throw new ArchiveError('not-acceptable', 'This instance is not an image: there is nothing to render.');
  }
}

/** The first image a presentation state is for, shown by it. PS3.18 10.4.1.1.3. */
async function answerState(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  asked: readonly Wish[],
  wish: PictureWish,
): Promise<Response> {
  const [first] = referencedFrames(instance.studyInstanceUid, instance.header);
  if (first === undefined) {
    throw new ArchiveError('not-acceptable', 'This presentation state refers to no image.');
  }
  const image = await context.headers.instance(first.target, scopeOf(c.get('subject')));
  const own = { ...wish, state: stateOf(context, instance) };
  return await answerPicture(c, context, image, first.frames.slice(0, 1), chooseSingle(asked, PICTURES), own);
}

export async function answerPicture(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  indexes: readonly number[] | undefined,
  mediaType: PictureType,
  wish: PictureWish,
): Promise<Response> {
  const all = indexes ?? [...Array(instance.frames.count).keys()];
  const moves = mediaType === 'image/gif' && all.length > 1;
  const [index = 0] = all;
  const named = moves
    ? indexes === undefined
      ? 'all'
      : indexes
          .map((one) => one + 1)
          .join('.')
          .slice(0, 200)
    : String(index + 1);
  const etag = entityTag(instance.sha256, pictureName(named, mediaType, wish));
  if (isKnown(c, etag)) {
    return notModified(c, etag);
  }
  const { bytes } = moves
    ? await movingPictureOf(context, instance, all, wish)
    : await pictureOf(context, instance, index, mediaType, wish);
  const warning = ignoredWindow(instance, wish);
  return await respond(c, bytes, {
    'content-type': mediaType,
    'content-location': `${instanceUrl(dicomWebRoot(c), instance)}${moves && indexes === undefined ? '' : `/frames/${index + 1}`}/rendered`,
    etag,
    'cache-control': REVALIDATE,
    vary: 'accept',
    ...(warning === undefined ? {} : { warning }),
  });
}

/** A window means nothing for colours. PS3.18 8.3.5.1.4. */
function ignoredWindow({ header }: InstanceHeader, { options }: PictureWish): string | undefined {
  const photometric = header['00280004']?.Value?.[0];
  const isGray = typeof photometric === 'string' && photometric.startsWith('MONOCHROME');
  return options.window === undefined || isGray ? undefined : '299 filmless "The window was not applied: the image is in colour"';
}

async function answerMany(
  c: RequestContext,
  context: HttpContext,
  asked: readonly Wish[],
  indexes: readonly number[] | undefined,
  wish: PictureWish,
): Promise<Response> {
  const found = asked.find(({ container }) => container !== 'single');
  const mediaType = found === undefined ? undefined : PICTURES.find((type) => covers(found.type, type));
  if (mediaType === undefined) {
    throw new ArchiveError('not-acceptable', `Several images are available as multipart/related of ${PICTURES.join(', ')}.`);
  }
  const parts = await primedParts(pictureParts(c, context, indexes, mediaType, wish));
  const boundary = newBoundary();
  return await respond(c, writeMultipart(parts, boundary), {
    'content-type': formatContentType('multipart/related', { type: mediaType, boundary }),
    'cache-control': REVALIDATE,
    vary: 'accept',
  });
}

/** All frames of all images of the target, or the frames asked for; of a presentation state, those it is for. */
async function* pictureParts(
  c: RequestContext,
  context: HttpContext,
  indexes: readonly number[] | undefined,
  mediaType: PictureType,
  wish: PictureWish,
): AsyncGenerator<OutgoingPart, void, void> {
  const target: Target = targetOf(c);
  const scope = scopeOf(c.get('subject'));
  let sent = 0;
  for await (const instance of context.core.headers(target, scope)) {
    if (sent === 0) {
      noteView(c, context, instance);
    }
    const { kind } = kindOf(instance);
    if (kind === 'state' && target.sopInstanceUid !== undefined) {
      const own = { ...wish, state: stateOf(context, instance) };
      for (const { target: image, frames } of referencedFrames(instance.studyInstanceUid, instance.header)) {
        yield* framesOf(c, context, await context.headers.instance(image, scope), frames, mediaType, own);
        sent += 1;
      }
    } else if (kind === 'image' || target.sopInstanceUid !== undefined) {
      // What is no image has no picture, and is passed over; a single instance asked for must have one.
      yield* framesOf(c, context, instance, indexes ?? [...Array(Math.max(1, instance.frames.count)).keys()], mediaType, wish);
      sent += 1;
    }
  }
  if (sent === 0) {
    throw new ArchiveError('not-acceptable', 'There is no image in it: nothing can be rendered.');
  }
}

async function* framesOf(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  indexes: readonly number[],
  mediaType: PictureType,
  wish: PictureWish,
): AsyncGenerator<OutgoingPart, void, void> {
  const at = instanceUrl(dicomWebRoot(c), instance);
  for (const index of indexes) {
    const { bytes }: RenderedFrame = await pictureOf(context, instance, index, mediaType, wish);
    yield { headers: { 'content-type': mediaType, 'content-location': `${at}/frames/${index + 1}/rendered` }, body: bytes };
  }
}
