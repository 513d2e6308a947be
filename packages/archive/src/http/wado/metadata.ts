import { type AppEnv, scopeOf } from '@filmless/access';
import { type DataSet, withBulkDataBase } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import { wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext } from '../context.ts';
import { chooseListForm, respondWithList } from '../model-form.ts';
import { entityTag, isKnown, notModified, primed, REVALIDATE } from '../respond.ts';
import { targetOf } from '../target.ts';
import { noteView } from './note-view.ts';
import { answerSeriesMetadata } from './series-metadata.ts';

/** Metadata of a study, a series, an instance. PS3.18 10.4.1.1.2. */
export function addMetadataRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const study = '/dicom-web/studies/:study';
  for (const path of [study, `${study}/series/:series`, `${study}/series/:series/instances/:instance`]) {
    app.get(`${path}/metadata`, context.access.guard('view'), (c) => answerMetadata(c, context));
  }
}

async function answerMetadata(c: RequestContext, context: HttpContext): Promise<Response> {
  const form = chooseListForm(wishes(c));
  const target = targetOf(c);
  if (form.kind === 'json' && target.sopInstanceUid === undefined) {
    return answerSeriesMetadata(c, context, target, form.contentType);
  }
  const instances = context.core.headers(target, scopeOf(c.get('subject')));
  const cache = { 'cache-control': REVALIDATE, vary: 'accept' };
  if (target.sopInstanceUid === undefined) {
    return respondWithList(c, await primed(dataSets(c, context, instances)), form, cache);
  }
  for await (const instance of instances) {
    const etag = entityTag(instance.sha256, `metadata-${form.kind}`);
    return isKnown(c, etag)
      ? notModified(c, etag)
      : respondWithList(c, dataSets(c, context, ReadableStream.from([instance])), form, { ...cache, etag });
  }
  throw new ArchiveError('not-found', 'There is no such instance.');
}

async function* dataSets(
  c: RequestContext,
  context: HttpContext,
  instances: AsyncIterable<InstanceHeader>,
): AsyncGenerator<DataSet, void, void> {
  const root = dicomWebRoot(c);
  let first = true;
  for await (const instance of instances) {
    if (first) {
      noteView(c, context, instance);
      first = false;
    }
    yield withBulkDataBase(instance.header, `${instanceUrl(root, instance)}/`);
  }
}
