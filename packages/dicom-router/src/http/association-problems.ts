import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { AeConfig } from '../aes/ae-config.ts';
import { diagnose, factsOf } from '../doctor/diagnosis.ts';
import { type Fix, fixesFor, type Known } from '../doctor/fixes.ts';
import { tryEcho } from '../doctor/test-call.ts';
import { type Trouble, troubleOf } from '../doctor/trouble.ts';
import { RouterError } from '../errors.ts';
import { db } from '../records/tables.ts';
import { AssociationSchema, presentAssociation } from './associations.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';
import { Host, Port } from './schemas.ts';
import { DiagnosisFields, presentOutcome, TestOutcomeSchema } from './test-outcome.ts';

const FixKinds = z.enum(['add', 'allow', 'address', 'tls-on', 'tls-off', 'pin']);
const FixSchema = z
  .object({
    kind: FixKinds,
    target: z.enum(['ae', 'destination']),
    id: z.string(),
    changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string() })),
    needs: z.array(z.enum(['host', 'port'])),
  })
  .openapi('Fix', { description: 'a change that mends it, made by POST …/fix; `needs` is what must be given with it' });

const ProblemSchema = z
  .object({
    id: z.number(),
    direction: z.enum(['in', 'out']),
    scope: z.enum(['association', 'operation']),
    title: z.string().openapi({ description: 'AE title of the other side; empty where none was said' }),
    called: z.string(),
    address: z.string(),
    port: z.number().nullable(),
    tls: z.boolean(),
    purpose: z.string().openapi({ description: 'what we called for: delivery, move, commitment, echo, test-image' }),
    destination: z.string().nullable(),
    ...DiagnosisFields,
    detail: z.string().openapi({ description: 'the sentence of the log' }),
    association: z.string(),
    firstSeen: z.string(),
    lastSeen: z.string(),
    times: z.number(),
    settledAt: z.string().nullable().openapi({ description: 'when the other side got through without it; null: it is still so' }),
    fixes: z.array(FixSchema),
  })
  .openapi('AssociationProblem');

const id = z.object({ id: z.coerce.number().int().positive() });

/** Why machines cannot send, or cannot be reached: what failed, why, and what one press mends. */
export function addAssociationProblemRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addList(app, context);
  addOne(app, context);
  addFix(app, context);
  addDelete(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const query = z.object({
    title: z.string().max(16).optional(),
    address: z.string().max(253).optional(),
    direction: z.enum(['in', 'out']).optional(),
    state: z.enum(['open', 'settled']).optional(),
    since: z.iso.datetime({ offset: true }).optional().openapi({ description: 'seen at this time or later' }),
    until: z.iso.datetime({ offset: true }).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    offset: z.coerce.number().int().min(0).max(100_000).default(0),
  });
  const schema = z.object({ problems: z.array(ProblemSchema), total: z.number() });
  const route = createRoute({
    method: 'get',
    path: '/api/association-problems',
    tags: ['associations'],
    summary: 'What went wrong with associations, once for each other side and cause; what was seen last comes first',
    middleware: context.access.guard('administer'),
    request: { query },
    responses: { 200: { description: 'A page', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => {
    const { title, address, direction, state, since, until, limit, offset } = c.req.valid('query');
    await context.journal.flush();
    let found = db.selectFrom('trouble');
    found = title === undefined ? found : found.where('title', '=', title);
    found = address === undefined ? found : found.where('address', '=', address);
    found = direction === undefined ? found : found.where('direction', '=', direction);
    found = since === undefined ? found : found.where('last_at', '>=', Date.parse(since));
    found = until === undefined ? found : found.where('first_at', '<', Date.parse(until));
    found = state === undefined ? found : found.where('settled_at', state === 'open' ? 'is' : 'is not', null);
    const page = found.selectAll().orderBy('last_at', 'desc').orderBy('id', 'desc').limit(limit).offset(offset);
    const [rows, [counted]] = await Promise.all([
      context.database.read(page),
      context.database.read(found.select((column) => column.fn.countAll().as('total'))),
    ]);
    const problems = rows.map((row) => present(context, troubleOf(row, context.aeTitle)));
    return c.json({ problems, total: Number(counted?.total ?? 0) }, 200);
  });
}

function addOne(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const schema = ProblemSchema.extend({ associations: z.array(AssociationSchema) });
  const route = createRoute({
    method: 'get',
    path: '/api/association-problems/{id}',
    tags: ['associations'],
    summary: 'One problem with the associations it was seen in last',
    middleware: context.access.guard('administer'),
    request: { params: id },
    responses: {
      200: { description: 'The problem', content: { 'application/json': { schema } } },
      404: problemAnswer('It is gone'),
    },
  });
  app.openapi(route, async (c) => {
    await context.journal.flush();
    const trouble = await troubleById(context, c.req.valid('param').id);
    const lines = db.selectFrom('association').selectAll().where('trouble', '=', trouble.id).orderBy('id', 'desc').limit(20);
    const associations = (await context.database.read(lines)).map(presentAssociation);
    return c.json({ ...present(context, trouble), associations }, 200);
  });
}

function addFix(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const body = z.strictObject({ kind: FixKinds, host: Host.optional(), port: Port.optional() });
  const schema = z.object({
    fix: FixSchema,
    test: TestOutcomeSchema.nullable().openapi({
      description: 'a C-ECHO afterwards; null where nobody knows how to call the entity',
    }),
  });
  const route = createRoute({
    method: 'post',
    path: '/api/association-problems/{id}/fix',
    tags: ['associations'],
    summary: 'Make the change that a problem proposes, and try the entity by C-ECHO',
    middleware: context.access.guard('administer'),
    request: { params: id, body: { required: true, content: { 'application/json': { schema: body } } } },
    responses: {
      200: { description: 'Changed', content: { 'application/json': { schema } } },
      400: problemAnswer('Something that the change needs was not given'),
      404: problemAnswer('The problem is gone'),
      409: problemAnswer('The change is not proposed any more'),
    },
  });
  app.openapi(route, async (c) => {
    const { kind, ...given } = c.req.valid('json');
    await context.journal.flush();
    const trouble = await troubleById(context, c.req.valid('param').id);
    const fix = fixesFor(trouble, knownTo(context)).find((candidate) => candidate.kind === kind);
    if (fix === undefined) {
      throw new RouterError('conflict', `${kind} would mend nothing now: look at the problem again`);
    }
    const ae = await apply(context, fix, given);
    await auditChange(context, c, `${fix.target}.${kind === 'add' ? 'add' : 'change'}`, `${fix.id}: ${wordsOf(fix)}`);
    const test = ae?.host === undefined || ae.port === undefined ? null : await tryEcho(context, ae, c.req.raw.signal);
    return c.json(
      { fix: presentFix(fix), test: test === null || ae === undefined ? null : presentOutcome(test, ae, context.own()) },
      200,
    );
  });
}

function addDelete(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/association-problems/{id}',
    tags: ['associations'],
    summary: 'Forget a problem; it comes back when it is seen again',
    middleware: context.access.guard('administer'),
    request: { params: id },
    responses: { 204: { description: 'Forgotten' }, 404: problemAnswer('It is gone already') },
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    if (!(await context.database.write('deleteTrouble', { id }))) {
      throw new RouterError('not-found', `there is no problem ${id}`);
    }
    return c.body(null, 204);
  });
}

/** @throws RouterError `not-found` */
async function troubleById({ database, aeTitle }: RouterContext, id: number): Promise<Trouble> {
  const [row] = await database.read(db.selectFrom('trouble').selectAll().where('id', '=', id));
  if (row === undefined) {
    throw new RouterError('not-found', `there is no problem ${id}`);
  }
  return troubleOf(row, aeTitle);
}

function present(context: RouterContext, trouble: Trouble): z.infer<typeof ProblemSchema> {
  const facts = factsOf(trouble, context.own());
  const { id, direction, scope, title, called, address, port, purpose, destination, detail, association, times } = trouble;
  return {
    ...{ id, direction, scope, title, called, address, port, purpose, destination, detail, association, times },
    tls: trouble.secure,
    ...diagnose(trouble.cause, facts),
    facts,
    firstSeen: new Date(trouble.firstAt).toISOString(),
    lastSeen: new Date(trouble.lastAt).toISOString(),
    settledAt: trouble.settledAt === null ? null : new Date(trouble.settledAt).toISOString(),
    fixes: fixesFor(trouble, knownTo(context)).map(presentFix),
  };
}

function presentFix({ kind, target, id, changes, needs }: Fix): z.infer<typeof FixSchema> {
  return { kind, target, id, changes: changes.map((change) => ({ ...change })), needs: [...needs] };
}

function wordsOf({ changes }: Fix): string {
  return changes.map(({ field, from, to }) => (from === null ? `${field} ${to}` : `${field} ${from} -> ${to}`)).join('; ');
}

function knownTo({ aes, contacts, destinations }: RouterContext): Known {
  return {
    ae: (title) => aes.find(title),
    destination: (id) => {
      const found = destinations.find(id);
      return found?.kind === 'dicom' ? found : undefined;
    },
    calledFrom: (title) => contacts.find(title)?.address,
    unlisted: aes.unlisted,
  };
}

interface Given {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** @throws RouterError `invalid-request` when something it needs was not given */
async function apply({ aes, deliveries, destinations }: RouterContext, fix: Fix, given: Given): Promise<AeConfig | undefined> {
  const lacking = fix.needs.filter((need) => given[need] === undefined);
  if (lacking.length > 0) {
    throw new RouterError('invalid-request', `${lacking.join(' and ')}: give what nobody here knows of ${fix.id}`);
  }
  if (fix.target === 'destination') {
    const destination = destinations.find(fix.id);
    if (destination?.kind === 'dicom' && fix.tls !== undefined) {
      await deliveries.put({ ...destination, tls: fix.tls });
    }
    return undefined;
  }
  if (fix.ae === undefined) {
    return undefined;
  }
  const { host = fix.ae.host, port = fix.ae.port } = given;
  const ae = { ...fix.ae, ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
  await aes.put(ae);
  return ae;
}
