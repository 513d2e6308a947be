import { type AppEnv, scopeOf } from '@filmless/access';
import { formatContentType, newBoundary, type OutgoingPart, writeMultipart } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, LaidOutInstance } from '../../core/model.ts';
import { wishes } from '../accept.ts';
import { inMemory, type RangedBody, respondRanged } from '../byte-range.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, primedParts, REVALIDATE, respond } from '../respond.ts';
import { frameIndexes, instanceTargetOf } from '../target.ts';
import { encodedFrame, storedFrame } from './frame-bytes.ts';
import { availableFrames, type FrameForm, frameForms } from './media-types.ts';
import { noteView } from './note-view.ts';
import { progressiveFrame } from './progressive-frame.ts';

/** Frames of one instance. PS3.18 10.4.1.1.4. */
export function addFrameRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const path = '/dicom-web/studies/:study/series/:series/instances/:instance/frames/:frames';
  app.get(path, context.access.guard('view'), async (c) => {
    const indexes = frameIndexes(c);
    const instance = await context.layouts.instance(instanceTargetOf(c), scopeOf(c.get('subject')));
    noteView(c, context, instance);
    return answerFrames(c, context, instance, indexes);
  });
}

/** Answers with frames in the first form the client takes and this server can make. */
export async function answerFrames(
  c: RequestContext,
  context: HttpContext,
  instance: LaidOutInstance,
  indexes: readonly number[],
): Promise<Response> {
  const missing = indexes.find((index) => index >= instance.frames.count);
  if (missing !== undefined || indexes.length === 0) {
    const detail = `There is no frame ${(missing ?? 0) + 1}: the instance has ${instance.frames.count}.`;
    throw new ArchiveError('no-such-frame', detail);
  }
  let failure = new ArchiveError('not-acceptable', availableFrames(instance.transferSyntaxUid));
  for (const form of frameForms(wishes(c), instance.transferSyntaxUid, indexes.length)) {
    const tag = entityTag(instance.sha256, `${indexes.join('.').slice(0, 64)}-${form.transferSyntaxUid}-${form.container}`);
    if (indexes.length === 1 && isKnown(c, tag)) {
      return notModified(c, tag);
    }
    try {
      return await answerForm(c, context, instance, indexes, form, indexes.length === 1 ? { etag: tag } : {});
    } catch (error) {
      if (!(error instanceof ArchiveError) || (error.code !== 'cannot-decode' && error.code !== 'not-acceptable')) {
        throw error;
      }
      failure = error;
    }
  }
  throw failure;
}

async function answerForm(
  c: RequestContext,
  context: HttpContext,
  instance: LaidOutInstance,
  indexes: readonly number[],
  form: FrameForm,
  tag: Readonly<Record<string, string>>,
): Promise<Response> {
  const url = instanceUrl(dicomWebRoot(c), instance);
  const make = (index: number) => framePart(c, context, instance, index, form, url);
  const cache = { ...tag, 'cache-control': REVALIDATE, vary: 'accept' };
  const [first] = indexes;
  if (form.container === 'single' && first !== undefined) {
    const { headers, body } = await frameBody(c, context, instance, first, form, url);
    return respondRanged(c, body, { ...headers, ...cache });
  }
  const parts = first !== undefined && indexes.length === 1 ? [await make(first)] : await primedParts(made(indexes, make));
  const boundary = newBoundary();
  return respond(c, writeMultipart(parts, boundary), {
    'content-type': formatContentType('multipart/related', { type: form.mediaType, boundary }),
    ...cache,
  });
}

async function* made(
  indexes: readonly number[],
  make: (index: number) => Promise<OutgoingPart>,
): AsyncGenerator<OutgoingPart, void, void> {
  for (const index of indexes) {
    yield await make(index);
  }
}

async function framePart(
  c: RequestContext,
  context: HttpContext,
  instance: LaidOutInstance,
  index: number,
  form: FrameForm,
  instanceAt: string,
): Promise<OutgoingPart> {
  const { headers, body } = await frameBody(c, context, instance, index, form, instanceAt);
  return { headers, body: await body.read() };
}

async function frameBody(
  c: RequestContext,
  context: HttpContext,
  instance: LaidOutInstance,
  index: number,
  form: FrameForm,
  instanceAt: string,
): Promise<Pick<OutgoingPart, 'headers'> & { readonly body: RangedBody }> {
  return {
    headers: {
      'content-type': formatContentType(form.mediaType, { 'transfer-syntax': form.transferSyntaxUid }),
      'content-location': `${instanceAt}/frames/${index + 1}`,
    },
    body: await codedBody(c, context, instance, index, form),
  };
}

/** As stored, or made anew: then a second time for a part of it, since it is not kept. */
async function codedBody(
  c: RequestContext,
  context: HttpContext,
  instance: LaidOutInstance,
  index: number,
  { coding }: FrameForm,
): Promise<RangedBody> {
  if (coding === 'stored') {
    return storedFrame(context, instance, index);
  }
  const make = async (): Promise<Uint8Array> => {
    const frame = encodedFrame(context, await headerOf(c, context, instance), index);
    const made = coding === 'native' ? context.pixels.decode(frame) : context.pixels.recode(frame, coding, 'frame');
    return (await made).bytes;
  };
  const kept = coding === 'htj2k-rpcl' ? await progressiveFrame(context, instance, index, make) : undefined;
  return kept ?? inMemory(await make());
}

/** Pixels are decoded by what the header says of them. */
function headerOf(c: RequestContext, context: HttpContext, instance: LaidOutInstance): Promise<InstanceHeader> {
  return context.headers.instance(instance, scopeOf(c.get('subject')));
}
