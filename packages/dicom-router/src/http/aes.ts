import type { AppEnv } from '@filmless/access';
import { IMPLICIT_VR_LITTLE_ENDIAN } from '@filmless/dicom';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { VERIFICATION_SOP_CLASS } from '../dimse/command-field.ts';
import { echo } from '../dimse/echo.ts';
import { openDialogue } from '../dimse/open-dialogue.ts';
import { describeStatus, statusClass } from '../dimse/status.ts';
import { messageOf, RouterError } from '../errors.ts';
import type { AeConfig } from '../router.ts';
import { CharacterSetSchema, TlsSchema, WorklistSchema } from './ae-schema.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';
import { AeTitle, compact, Host, Port } from './schemas.ts';

const AeChange = z.strictObject({
  host: Host.optional(),
  port: Port.optional(),
  may: z.array(z.enum(['echo', 'store', 'query', 'retrieve'])).max(4),
  facility: z.string().min(1).max(64),
  tls: TlsSchema.optional(),
  charsetIn: CharacterSetSchema.optional(),
  asciiNames: z.boolean().optional(),
  onConflict: z.enum(['ask', 'keepFirst', 'keepLast']).optional(),
  worklist: WorklistSchema.optional(),
});
const AeSchema = AeChange.extend({ title: AeTitle }).openapi('ApplicationEntity');
const EchoResult = z
  .object({ ok: z.boolean(), milliseconds: z.number(), detail: z.string() })
  .openapi('EchoResult', { description: '`detail` says what went wrong, and is empty when it went well' });

const title = z.object({ title: AeTitle });

export function addAeRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addList(app, context);
  addCreate(app, context);
  addChange(app, context);
  addDelete(app, context);
  addEcho(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, { access, aes }: RouterContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/aes',
    tags: ['application entities'],
    summary: 'Application entities that are known by name',
    middleware: access.guard('administer'),
    responses: {
      200: { description: 'All of them', content: { 'application/json': { schema: z.object({ aes: z.array(AeSchema) }) } } },
    },
  });
  app.openapi(route, (c) => c.json({ aes: aes.list().map((ae) => ({ ...ae, may: [...ae.may] })) }, 200));
}

function addCreate(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/aes',
    tags: ['application entities'],
    summary: 'List an application entity',
    middleware: context.access.guard('administer'),
    request: { body: { required: true, content: { 'application/json': { schema: AeSchema } } } },
    responses: {
      201: { description: 'Listed', content: { 'application/json': { schema: AeSchema } } },
      400: problemAnswer('The facility is not known'),
      409: problemAnswer('The title is listed already, or there are too many'),
    },
  });
  app.openapi(route, async (c) => {
    const ae = c.req.valid('json');
    if (context.aes.find(ae.title) !== undefined) {
      throw new RouterError('conflict', `${ae.title} is listed already`);
    }
    await putAe(context, ae);
    await auditChange(context, c, 'ae.add', ae.title);
    return c.json(ae, 201);
  });
}

/** Lists what was not listed: whoever brings a whole list need not ask first. */
function addChange(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const answer = (description: string) => ({ description, content: { 'application/json': { schema: AeSchema } } });
  const route = createRoute({
    method: 'put',
    path: '/api/aes/{title}',
    tags: ['application entities'],
    summary: 'Say what an application entity may do, and where it is',
    middleware: context.access.guard('administer'),
    request: { params: title, body: { required: true, content: { 'application/json': { schema: AeChange } } } },
    responses: {
      200: answer('Changed'),
      201: answer('Listed'),
      400: problemAnswer('The facility is not known'),
      409: problemAnswer('There are too many'),
    },
  });
  app.openapi(route, async (c) => {
    const ae = { title: c.req.valid('param').title, ...c.req.valid('json') };
    const listed = context.aes.find(ae.title) !== undefined;
    await putAe(context, ae);
    await auditChange(context, c, listed ? 'ae.change' : 'ae.add', ae.title);
    return listed ? c.json(ae, 200) : c.json(ae, 201);
  });
}

/** @throws RouterError `invalid-request`, `limit-exceeded` */
async function putAe({ access, aes }: RouterContext, ae: z.infer<typeof AeSchema>): Promise<void> {
  if (!access.facilities().some(({ id }) => id === ae.facility)) {
    throw new RouterError('invalid-request', `facility: there is no facility ${JSON.stringify(ae.facility)}`);
  }
  await aes.put(compact(ae));
}

function addDelete(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/aes/{title}',
    tags: ['application entities'],
    summary: 'Take an application entity off the list',
    middleware: context.access.guard('administer'),
    request: { params: title },
    responses: { 204: { description: 'Off the list' }, 404: problemAnswer('The title is not listed') },
  });
  app.openapi(route, async (c) => {
    const { title } = c.req.valid('param');
    knownAe(context, title);
    await context.aes.delete(title);
    await auditChange(context, c, 'ae.delete', title);
    return c.body(null, 204);
  });
}

function addEcho(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/aes/{title}/echo',
    tags: ['application entities'],
    summary: 'Ask an application entity whether it is there (C-ECHO)',
    middleware: context.access.guard('administer'),
    request: { params: title },
    responses: {
      200: { description: 'What came of it', content: { 'application/json': { schema: EchoResult } } },
      400: problemAnswer('Host or port of the entity are not known'),
      404: problemAnswer('The title is not listed'),
    },
  });
  app.openapi(route, async (c) => {
    const ae = knownAe(context, c.req.valid('param').title);
    const began = performance.now();
    const detail = await echoProblem(context, ae, c.req.raw.signal);
    return c.json({ ok: detail === '', milliseconds: Math.round(performance.now() - began), detail }, 200);
  });
}

/** Empty when the entity answered well. */
async function echoProblem({ aeTitle, limits, tls }: RouterContext, ae: AeConfig, signal: AbortSignal): Promise<string> {
  if (ae.host === undefined || ae.port === undefined) {
    throw new RouterError('invalid-request', `host and port of ${ae.title} are not known: enter them first`);
  }
  try {
    const dialogue = await openDialogue({
      host: ae.host,
      port: ae.port,
      calledAe: ae.title,
      callingAe: aeTitle,
      contexts: [{ id: 1, abstractSyntax: VERIFICATION_SOP_CLASS, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }],
      tls: tls.client(ae.tls),
      limits,
      signal,
    });
    try {
      const { status } = await echo(dialogue);
      await dialogue.release();
      return statusClass(status) === 'failure' ? `answered ${describeStatus(status)}` : '';
    } finally {
      dialogue.abort();
    }
  } catch (error) {
    return messageOf(error);
  }
}

function knownAe({ aes }: RouterContext, wanted: string): AeConfig {
  const ae = aes.find(wanted);
  if (ae === undefined) {
    throw new RouterError('not-found', `${wanted} is not listed`);
  }
  return ae;
}
