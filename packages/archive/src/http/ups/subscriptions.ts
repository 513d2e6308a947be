import { type AppEnv, scopeOf } from '@filmless/access';
import { parseUid } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { dicomWebRoot, type HttpContext, type RequestContext } from '../context.ts';
import { aeTitleOf } from './ae-title.ts';
import { filterOf } from './filter.ts';

/** Well-known instances. PS3.4 CC.2.3.1, PS3.6 table A-1. */
const WORKLIST = '1.2.840.10008.5.1.4.34.5';
const FILTERED_WORKLIST = '1.2.840.10008.5.1.4.34.5.1';

const PATH = '/dicom-web/workitems/:workitem/subscribers/:aetitle';

/** Subscribe, Unsubscribe, Suspend Global Subscription. PS3.18 11.10 to 11.12. */
export function addSubscriptionRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const guard = context.access.guard('upload');
  app.post(PATH, guard, (c) => subscribe(c, context));
  app.delete(PATH, guard, (c) => unsubscribe(c, context));
  app.post(`${PATH}/suspend`, guard, (c) => suspend(c, context));
}

async function subscribe(c: RequestContext, context: HttpContext): Promise<Response> {
  const uid = parseUid(c.req.param('workitem') ?? '');
  const aeTitle = aeTitleOf(c);
  const url = new URL(c.req.url);
  const locked = lockOf(url.searchParams);
  const subject = c.get('subject');
  const scope = scopeOf(subject);
  const desk = context.core.workitemSubscriptions;
  if (uid === WORKLIST || uid === FILTERED_WORKLIST) {
    const filter = uid === WORKLIST ? {} : { filter: filterOf(url) };
    await desk.watch({ aeTitle, locked, by: subject.name, ...filter }, scope);
  } else {
    await desk.subscribe(uid, aeTitle, locked, scope);
  }
  await audit(c, context, 'workitem.subscribe', `${aeTitle}${locked ? ', locked' : ''}: ${uid}`);
  return c.body(null, 201, { 'content-location': channelUrl(c, aeTitle), 'cache-control': 'no-store' });
}

async function unsubscribe(c: RequestContext, context: HttpContext): Promise<Response> {
  const uid = parseUid(c.req.param('workitem') ?? '');
  const aeTitle = aeTitleOf(c);
  const scope = scopeOf(c.get('subject'));
  const desk = context.core.workitemSubscriptions;
  await (uid === WORKLIST || uid === FILTERED_WORKLIST
    ? desk.unwatch(aeTitle, { keep: false }, scope)
    : desk.unsubscribe(uid, aeTitle, scope));
  await audit(c, context, 'workitem.unsubscribe', `${aeTitle}: ${uid}`);
  return c.body(null, 200, { 'cache-control': 'no-store' });
}

async function suspend(c: RequestContext, context: HttpContext): Promise<Response> {
  const uid = parseUid(c.req.param('workitem') ?? '');
  const aeTitle = aeTitleOf(c);
  if (uid !== WORKLIST && uid !== FILTERED_WORKLIST) {
    throw new ArchiveError('not-found', 'Only a subscription to the worklist can be suspended.');
  }
  await context.core.workitemSubscriptions.unwatch(aeTitle, { keep: true }, scopeOf(c.get('subject')));
  await audit(c, context, 'workitem.suspend', `${aeTitle}: ${uid}`);
  return c.body(null, 200, { 'cache-control': 'no-store' });
}

/** Where the events come. PS3.18 11.10.3.2. */
function channelUrl(c: RequestContext, aeTitle: string): string {
  return `${dicomWebRoot(c).replace(/^http/, 'ws')}/subscribers/${encodeURIComponent(aeTitle)}`;
}

function lockOf(query: URLSearchParams): boolean {
  const value = query.get('deletionlock')?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') {
    throw new ArchiveError('invalid-request', 'deletionlock must be "true" or "false".');
  }
  return value === 'true';
}

async function audit(c: RequestContext, context: HttpContext, action: string, detail: string): Promise<void> {
  const address = c.env.remoteAddress;
  await context.access.audit({ action, outcome: 'success', subject: c.get('subject'), address, detail });
}
