import { type AppEnv, scopeOf } from '@filmless/access';
import { withBulkDataBase } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { InstanceHeader } from '../../core/model.ts';
import { chooseSingle, wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, primed, REVALIDATE, respond, textStream } from '../respond.ts';
import { targetOf } from '../target.ts';
import { noteView } from './note-view.ts';

const JSON_TYPES = ['application/dicom+json', 'application/json'] as const;

/** Metadata of a study, a series, an instance. PS3.18 10.4.1.1.2. */
export function addMetadataRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const study = '/dicom-web/studies/:study';
  for (const path of [study, `${study}/series/:series`, `${study}/series/:series/instances/:instance`]) {
    app.get(`${path}/metadata`, context.access.guard('view'), (c) => answerMetadata(c, context));
  }
}

async function answerMetadata(c: RequestContext, context: HttpContext): Promise<Response> {
  const type = chooseSingle(wishes(c), JSON_TYPES);
  const target = targetOf(c);
  const headers = await primed(context.core.headers(target, scopeOf(c.get('subject'))));
  const cache = { 'content-type': type, 'cache-control': REVALIDATE, vary: 'accept' };
  if (target.sopInstanceUid === undefined) {
    return respond(c, textStream(jsonArray(c, context, headers)), cache);
  }
  for await (const instance of headers) {
    const etag = entityTag(instance.sha256, 'metadata');
    if (isKnown(c, etag)) {
      return notModified(c, etag);
    }
    noteView(c, context, instance);
    return respond(c, `[${present(instance, dicomWebRoot(c))}]`, { ...cache, etag });
  }
  return respond(c, '[]', cache);
}

async function* jsonArray(
  c: RequestContext,
  context: HttpContext,
  instances: AsyncIterable<InstanceHeader>,
): AsyncGenerator<string, void, void> {
  const root = dicomWebRoot(c);
  let before = '[';
  for await (const instance of instances) {
    if (before === '[') {
      noteView(c, context, instance);
    }
    yield `${before}${present(instance, root)}`;
    before = ',';
  }
  yield ']';
}

function present(instance: InstanceHeader, root: string): string {
  return JSON.stringify(withBulkDataBase(instance.header, `${instanceUrl(root, instance)}/`));
}
