import { type AppEnv, scopeOf } from '@filmless/access';
import { type DataSet, firstText, parseUid, TAG, trimUid } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { UPS } from '../../core/workitems/attributes.ts';
import type { WishedState, Workitem } from '../../core/workitems/model.ts';
import { wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, type RequestContext } from '../context.ts';
import { chooseListForm, chooseSingleForm, respondWithAll, writeSingle } from '../model-form.ts';
import { parseSearch } from '../qido/parse-query.ts';
import { entityTagOf, isKnown, notModified, REVALIDATE } from '../respond.ts';
import { sourceOf } from '../stow/source.ts';
import { readDataSet, readOptional } from './payload.ts';

const WORKLIST = '/dicom-web/workitems';
const WORKITEM = `${WORKLIST}/:workitem`;

/** Worklist Service. PS3.18 11. */
export function addWorkitemRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const look = context.access.guard('view');
  const work = context.access.guard('upload');
  app.get(WORKLIST, look, (c) => search(c, context));
  app.post(WORKLIST, work, (c) => create(c, context));
  app.get(WORKITEM, look, (c) => retrieve(c, context));
  app.post(WORKITEM, work, (c) => warned(c, () => update(c, context)));
  app.put(`${WORKITEM}/state`, work, (c) => warned(c, () => changeState(c, context)));
  app.post(`${WORKITEM}/cancelrequest`, work, (c) => warned(c, () => requestCancel(c, context)));
}

/** The text of a Warning in the form of PS3.18 chapter 11. */
function warning(c: RequestContext, text: string): string {
  return `299 ${dicomWebRoot(c)}: ${text}`;
}

/** Says with a refusal what the standard has for it. PS3.18 11.6.3.2, 11.7.3.2, 11.8.3.2. */
async function warned(c: RequestContext, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArchiveError && error.warning !== undefined) {
      c.header('warning', warning(c, error.warning));
    }
    throw error;
  }
}

function workitemUrl(c: RequestContext, uid: string): string {
  return `${dicomWebRoot(c)}/workitems/${uid}`;
}

function uidOf(c: RequestContext): string {
  return parseUid(c.req.param('workitem') ?? '');
}

/**
 * A UID in the query: under its name, or as all of the query. PS3.18 11.4.1, 11.6.1.
 * @throws DicomError `invalid-uid`
 */
function uidInQuery(c: RequestContext, names: readonly string[]): string | undefined {
  const query = new URL(c.req.url).searchParams;
  const named = names.map((name) => query.get(name)).find((value) => value !== null);
  const bare = [...query].find(([name, value]) => value === '' && /^[0-9]+\.[0-9.]+$/.test(name))?.[0];
  const uid = named ?? bare;
  return uid === undefined || uid === '' ? undefined : parseUid(uid);
}

async function create(c: RequestContext, context: HttpContext): Promise<Response> {
  const uid = uidInQuery(c, ['workitem', 'AffectedSOPInstanceUID']);
  const { facility } = sourceOf(c, context);
  const sent = await readDataSet(c);
  const { workitem, modified } = await context.core.workitems.create(sent, {
    facility,
    ...(uid === undefined ? {} : { uid }),
  });
  await audit(c, context, workitem, 'workitem.create');
  const url = workitemUrl(c, workitem.uid);
  return c.body(null, 201, {
    location: url,
    'content-location': url,
    'cache-control': 'no-store',
    ...(modified ? { warning: warning(c, 'The Workitem was created with modifications.') } : {}),
  });
}

async function retrieve(c: RequestContext, context: HttpContext): Promise<Response> {
  const form = chooseSingleForm(wishes(c));
  const { uid, attributes } = await context.core.workitems.get(uidOf(c), scopeOf(c.get('subject')));
  const text = writeSingle(attributes, form);
  const tag = entityTagOf(text);
  return isKnown(c, tag)
    ? notModified(c, tag)
    : c.body(text, 200, {
        'content-type': form.contentType,
        'content-location': workitemUrl(c, uid),
        'cache-control': REVALIDATE,
        etag: tag,
        vary: 'accept',
      });
}

async function update(c: RequestContext, context: HttpContext): Promise<Response> {
  const transaction = uidInQuery(c, ['transaction-uid', 'transactionUID']);
  const sent = await readDataSet(c);
  const workitem = await context.core.workitems.update(uidOf(c), sent, transaction, scopeOf(c.get('subject')));
  await audit(c, context, workitem, 'workitem.update');
  return c.body(null, 200, { 'content-location': workitemUrl(c, workitem.uid), 'cache-control': 'no-store' });
}

async function changeState(c: RequestContext, context: HttpContext): Promise<Response> {
  const sent = await readDataSet(c);
  const state = wishedState(sent);
  const given = firstText(sent, TAG.TransactionUID);
  const transaction = given === undefined ? undefined : parseUid(trimUid(given));
  const desk = context.core.workitems;
  const { workitem, moved } = await desk.changeState(uidOf(c), state, transaction, scopeOf(c.get('subject')));
  if (moved) {
    await audit(c, context, workitem, 'workitem.state');
  }
  return c.body(null, 200, {
    'content-location': workitemUrl(c, workitem.uid),
    'cache-control': 'no-store',
    ...(moved ? {} : { warning: warning(c, `The UPS is already in the requested state of ${state}.`) }),
  });
}

/** PS3.4 table CC.2.1-1. */
function wishedState(sent: DataSet): WishedState {
  const state = firstText(sent, UPS.ProcedureStepState);
  if (state !== 'IN PROGRESS' && state !== 'COMPLETED' && state !== 'CANCELED') {
    throw new ArchiveError('invalid-request', 'ProcedureStepState (0074,1000) must be IN PROGRESS, COMPLETED or CANCELED.');
  }
  return state;
}

async function requestCancel(c: RequestContext, context: HttpContext): Promise<Response> {
  const attributes = (await readOptional(c)) ?? {};
  const { callingAe, user } = sourceOf(c, context);
  const request = { attributes, requestingAe: requesterOf(attributes, callingAe ?? user ?? '') };
  const desk = context.core.workitems;
  const { workitem, wasCanceled } = await desk.requestCancel(uidOf(c), request, scopeOf(c.get('subject')));
  if (!wasCanceled) {
    await audit(c, context, workitem, 'workitem.cancel');
  }
  return c.body(null, 202, {
    'content-location': workitemUrl(c, workitem.uid),
    'cache-control': 'no-store',
    ...(wasCanceled ? { warning: warning(c, 'The UPS is already in the requested state of CANCELED.') } : {}),
  });
}

/** An AE title for who asks, who has none over HTTP. PS3.5 6.2. */
function requesterOf(attributes: DataSet, name: string): string {
  const title = (firstText(attributes, UPS.RequestingAE) ?? name)
    .normalize('NFD')
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, '')
    .trim();
  return title === '' ? 'FILMLESS' : title.slice(0, 16);
}

async function search(c: RequestContext, context: HttpContext): Promise<Response> {
  const form = chooseListForm(wishes(c));
  const asked = parseSearch(new URL(c.req.url).searchParams);
  const { results, next, offset } = await context.core.workitems.search(asked, scopeOf(c.get('subject')));
  return await respondWithAll(
    c,
    results,
    form,
    next === null
      ? {}
      : {
          // PS3.18 8.3.4.4.
          warning: '299 filmless "There are additional results that can be requested"',
          link: `<${nextUrl(c, next, offset)}>; rel="next"`,
        },
  );
}

function nextUrl(c: RequestContext, after: string, offset: number): string {
  const url = new URL(c.req.url);
  url.searchParams.delete('offset');
  if (offset > 0) {
    url.searchParams.set('offset', String(offset));
  }
  url.searchParams.set('after', after);
  return `${new URL(dicomWebRoot(c)).origin}${url.pathname}${url.search}`;
}

/** Who did what to which; whose patient it is about stands in the Workitem. */
async function audit(c: RequestContext, context: HttpContext, workitem: Workitem, action: string): Promise<void> {
  await context.access.audit({
    action,
    outcome: 'success',
    subject: c.get('subject'),
    address: c.env.remoteAddress,
    facility: workitem.facility,
    detail: `${workitem.state}: ${workitem.uid}`,
  });
}
