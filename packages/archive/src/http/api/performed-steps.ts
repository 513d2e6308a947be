import { type AppEnv, boundedText, scopeOf } from '@filmless/access';
import { type DataSet, DicomError, parseDicomJson, parseUid, stringifyDicomJson } from '@filmless/dicom';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import { PERFORMED_STATES } from '../../core/orders/model.ts';
import type { PerformedFacts } from '../../core/orders/order-records.ts';
import type { KeptPerformed } from '../../core/orders/performed-records.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { sourceOf } from '../stow/source.ts';
import { givenTexts } from './given-texts.ts';
import { PROBLEMS } from './schemas.ts';

const PATH = '/api/performed-steps/{uid}';
const ROUTE = '/api/performed-steps/:uid';
const JSON_TYPE = 'application/dicom+json';

const Key = z.object({ uid: z.string().regex(/^[0-9.]{1,64}$/, 'not a UID') });

const Step = z
  .object({
    sopInstanceUid: z.string(),
    facility: z.string(),
    state: z.enum(PERFORMED_STATES),
    stationAeTitle: z.string(),
    modality: z.string(),
    start: z.string().nullable().openapi({ description: 'local to the facility' }),
    end: z.string().nullable(),
    instances: z.number().openapi({ description: 'instances it names' }),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .openapi('PerformedStep');

const DataSetSchema = z.record(z.string(), z.unknown()).openapi('DicomJson', { description: 'PS3.18 annex F' });

const Detail = Step.extend({ dataSet: DataSetSchema }).openapi('PerformedStepDetail');

const Query = z.object({
  studyInstanceUid: z.string().max(64).optional(),
  state: z.enum([...PERFORMED_STATES, '']).optional(),
  limit: z.coerce.number().int().min(1).max(ARCHIVE_LIMITS.orderPage).default(100),
  after: z.string().max(200).optional(),
});

/** Modality performed procedure steps, as the router passes them on. PS3.4 F.7. Problems carry a `code`, and the `attribute` at fault. */
export function addPerformedStepRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addList(app, context);
  addRead(app, context);
  addCreate(app, context);
  addSet(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/performed-steps',
    tags: ['orders'],
    summary: 'Performed procedure steps, newest first',
    middleware: context.access.guard('view'),
    request: { query: Query },
    responses: {
      200: {
        description: 'A page',
        content: {
          'application/json': { schema: z.object({ performedSteps: z.array(Step), next: z.string().nullable() }) },
        },
      },
      400: PROBLEMS[400],
    },
  });
  app.openapi(route, async (c) => {
    const { limit, studyInstanceUid, state, after } = c.req.valid('query');
    const query = { limit, ...givenTexts({ studyInstanceUid, after }), ...(state ? { state } : {}) };
    const { steps, next } = await context.core.performed.list(query, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ performedSteps: steps.map(present), next }, 200);
  });
}

function addRead(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: PATH,
    tags: ['orders'],
    summary: 'One performed procedure step; asked for as DICOM JSON, its data set alone',
    request: { params: Key },
    responses: {
      200: {
        description: 'The step',
        content: { 'application/json': { schema: Detail }, [JSON_TYPE]: { schema: z.array(DataSetSchema) } },
      },
      404: PROBLEMS[404],
    },
  });
  app.get(ROUTE, context.access.guard('view'), async (c) => {
    const step = await context.core.performed.get(parseUid(c.req.param('uid')), scopeOf(c.get('subject')));
    return answerStep(c, step, 200);
  });
}

/** With the attributes in ascending order. PS3.18 F.2.2. */
function answerStep(c: RequestContext, step: KeptPerformed, status: 200 | 201): Response {
  const dataSet = stringifyDicomJson(step.dataSet);
  const headers = { 'cache-control': 'no-store', etag: `"${step.version}"` };
  if ((c.req.header('accept') ?? '').includes(JSON_TYPE)) {
    return c.body(`[${dataSet}]`, status, { ...headers, 'content-type': JSON_TYPE });
  }
  const facts = JSON.stringify(present(step));
  return c.body(`${facts.slice(0, -1)},"dataSet":${dataSet}}`, status, { ...headers, 'content-type': 'application/json' });
}

const BODY = { required: true, content: { [JSON_TYPE]: { schema: DataSetSchema } } };

/** NOTE: these routes are described, not declared: a declared JSON body would be read whole, however long it is. */
function addCreate(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: PATH,
    tags: ['orders'],
    summary: 'A step begins: the data set of an N-CREATE',
    request: { params: Key, body: BODY },
    responses: {
      201: { description: 'Begun', content: { 'application/json': { schema: Detail } } },
      400: PROBLEMS[400],
      409: { ...PROBLEMS[409], description: '`code` duplicate: there is one of this UID' },
    },
  });
  app.post(ROUTE, context.access.guard('upload'), async (c) => {
    const uid = parseUid(c.req.param('uid'));
    const { facility } = sourceOf(c, context);
    const step = await context.core.performed.create(uid, await bodyOf(c), facility);
    await auditStep(c, context, 'performed-step.create', step);
    c.header('location', `/api/performed-steps/${uid}`);
    return answerStep(c, step, 201);
  });
}

function addSet(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  app.openAPIRegistry.registerPath({
    method: 'put',
    path: PATH,
    tags: ['orders'],
    summary: 'A step goes on or ends: the modification list of an N-SET',
    request: { params: Key, body: BODY },
    responses: {
      200: { description: 'Changed', content: { 'application/json': { schema: Detail } } },
      400: { ...PROBLEMS[400], description: '`code` invalid, `attribute` the tag at fault' },
      404: { ...PROBLEMS[404], description: '`code` unknown' },
      409: { ...PROBLEMS[409], description: '`code` final: it is completed or discontinued' },
    },
  });
  app.put(ROUTE, context.access.guard('upload'), async (c) => {
    const uid = parseUid(c.req.param('uid'));
    const step = await context.core.performed.set(uid, await bodyOf(c), scopeOf(c.get('subject')));
    await auditStep(c, context, 'performed-step.set', step);
    return answerStep(c, step, 200);
  });
}

/** One data set, alone or as the only one of a list. @throws ArchiveError `invalid-request` with code `invalid`, `limit-exceeded` */
async function bodyOf(c: RequestContext): Promise<DataSet> {
  const most = ARCHIVE_LIMITS.performedBytes;
  const text = await boundedText(
    c.req.raw,
    most,
    () => new ArchiveError('limit-exceeded', `the body has more than ${most} bytes`),
  );
  try {
    const value: unknown = JSON.parse(text);
    return parseDicomJson(Array.isArray(value) && value.length === 1 ? value[0] : value);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DicomError) {
      const why = error instanceof DicomError ? error.message : 'the body is not JSON';
      throw new ArchiveError('invalid-request', why, { members: { code: 'invalid' }, cause: error });
    }
    throw error;
  }
}

async function auditStep(c: RequestContext, context: HttpContext, action: string, step: KeptPerformed): Promise<void> {
  const { facility, sopInstanceUid, state } = step;
  const subject = c.get('subject');
  const address = c.env.remoteAddress;
  await context.access.audit({ action, outcome: 'success', subject, address, facility, detail: `${sopInstanceUid}: ${state}` });
}

function present(step: PerformedFacts): z.infer<typeof Step> {
  const { sopInstanceUid, facility, state, stationAeTitle, modality, start, end, named, createdAt, updatedAt } = step;
  return { sopInstanceUid, facility, state, stationAeTitle, modality, start, end, instances: named, createdAt, updatedAt };
}
