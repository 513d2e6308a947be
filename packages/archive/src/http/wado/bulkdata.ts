import { type AppEnv, scopeOf } from '@filmless/access';
import { type ByteRange, EXPLICIT_VR_LITTLE_ENDIAN, formatContentType, newBoundary, writeMultipart } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { LaidOutInstance } from '../../core/model.ts';
import { covers, type Wish, wishes } from '../accept.ts';
import { respondRanged } from '../byte-range.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, primedParts, REVALIDATE, respond } from '../respond.ts';
import { instanceTargetOf } from '../target.ts';
import { bulkOf } from './frame-bytes.ts';
import { answerFrames } from './frames.ts';
import { OCTET_STREAM } from './media-types.ts';
import { noteView } from './note-view.ts';

const INSTANCE = '/dicom-web/studies/:study/series/:series/instances/:instance';
/** Tags and item numbers: `52009229/0/00280008`. */
const PATH = /^[0-9A-F]{8}(\/[0-9]{1,9}\/[0-9A-F]{8})*$/;
const PIXEL_DATA = /^7FE000(08|09|10)$/;

/** Bulk data, where metadata says it lies. PS3.18 10.4.1.1.5. */
export function addBulkDataRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  app.get(`${INSTANCE}/bulkdata/:path{.+}`, context.access.guard('view'), (c) => answerBulkData(c, context));
}

async function answerBulkData(c: RequestContext, context: HttpContext): Promise<Response> {
  const path = c.req.param('path') ?? '';
  const instance = await context.layouts.instance(instanceTargetOf(c), scopeOf(c.get('subject')));
  if (!PATH.test(path)) {
    throw new ArchiveError('not-found', 'The instance has no such bulk data.');
  }
  const value = bulkOf(instance, path);
  noteView(c, context, instance);
  if (PIXEL_DATA.test(path) && instance.frames.kind === 'encapsulated') {
    // Fragments mean nothing to a client: pixel data that is compressed is given frame by frame. PS3.18 10.4.1.1.5.
    return answerFrames(c, context, instance, [...Array(instance.frames.count).keys()]);
  }
  const container = chooseContainer(wishes(c));
  const etag = entityTag(instance.sha256, `${path.replaceAll('/', '.').slice(0, 200)}-${container}`);
  return isKnown(c, etag) ? notModified(c, etag) : answerValue(c, context, instance, value, container, etag);
}

function chooseContainer(asked: readonly Wish[]): 'multipart' | 'single' {
  const wish = asked.find(
    ({ type, transferSyntax }) =>
      covers(type, OCTET_STREAM) &&
      (transferSyntax === undefined || transferSyntax === '*' || transferSyntax === EXPLICIT_VR_LITTLE_ENDIAN),
  );
  if (wish === undefined) {
    throw new ArchiveError('not-acceptable', 'Bulk data is available as application/octet-stream.');
  }
  return wish.container === 'multipart' ? 'multipart' : 'single';
}

async function answerValue(
  c: RequestContext,
  context: HttpContext,
  instance: LaidOutInstance,
  value: LaidOutInstance['bulk'][number],
  container: 'multipart' | 'single',
  etag: string,
): Promise<Response> {
  const { offset, length, path } = value;
  const cache = { etag, 'cache-control': REVALIDATE, vary: 'accept' };
  const read = (within: ByteRange = { offset: 0, length }) =>
    context.core.read(instance, { of: 'content', range: { offset: offset + within.offset, length: within.length } });
  if (container === 'single') {
    return respondRanged(c, { length, read }, { 'content-type': OCTET_STREAM, ...cache });
  }
  const boundary = newBoundary();
  const location = `${instanceUrl(dicomWebRoot(c), instance)}/bulkdata/${path.replace(/^bulkdata\//, '')}`;
  const part = { headers: { 'content-type': OCTET_STREAM, 'content-location': location }, body: await read() };
  const parts = await primedParts(ReadableStream.from([part]));
  return respond(c, writeMultipart(parts, boundary), {
    'content-type': formatContentType('multipart/related', { type: OCTET_STREAM, boundary }),
    ...cache,
  });
}
