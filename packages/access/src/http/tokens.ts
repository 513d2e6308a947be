import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { AppEnv } from '../access.ts';
import { type AccessContext, auditChange } from '../access-context.ts';
import { AccessError } from '../errors.ts';
import type { Token } from '../identity/directory.ts';
import { hashSecret, newToken } from '../identity/secrets.ts';
import { ACCESS_LIMITS } from '../limits.ts';
import type { Facilities, Right, Role } from '../model.ts';
import { RIGHTS } from '../rights.ts';
import type { TokenOutcome } from '../store/credentials.ts';
import { PROBLEMS } from './schemas.ts';

const RightName = z.enum(['view', 'upload', 'edit', 'delete', 'share', 'administer', 'relay']);
const Reach = z.union([z.literal('all'), z.array(z.string().max(64)).min(1).max(ACCESS_LIMITS.facilities)]);
const NewToken = z.object({
  name: z.string().normalize('NFC').trim().min(1).max(100),
  role: z.enum(['administrator', 'radiographer', 'doctor', 'reader']).optional(),
  rights: z.array(RightName).max(20).optional().openapi({ description: 'instead of a role; `relay` can be given only so' }),
  facilities: Reach,
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
const TokenInfo = z
  .object({
    id: z.string(),
    name: z.string(),
    rights: z.array(RightName),
    facilities: z.union([z.literal('all'), z.array(z.string())]),
    createdBy: z.string(),
    createdAt: z.string(),
    expiresAt: z.string().nullable(),
    usedAt: z.string().nullable(),
  })
  .openapi('Token');
const CreatedToken = TokenInfo.extend({ token: z.string().openapi({ description: 'shown this once' }) }).openapi('CreatedToken');

const json = <T extends z.ZodType>(schema: T) => ({ 'application/json': { schema } });

const iso = (time: number | undefined): string | null => (time === undefined ? null : new Date(time).toISOString());

function present(token: Token) {
  const { id, name, createdBy } = token;
  return {
    id,
    name,
    rights: [...token.rights],
    facilities: token.facilities === 'all' ? ('all' as const) : [...token.facilities],
    createdBy,
    createdAt: new Date(token.createdAt).toISOString(),
    expiresAt: iso(token.expiresAt),
    usedAt: iso(token.usedAt),
  };
}

/** @throws AccessError */
function rightsOf(role: Role | undefined, rights: readonly Right[] | undefined): readonly Right[] {
  if ((role === undefined) === (rights === undefined)) {
    throw new AccessError('invalid-request', 'A token is given either a role or a list of rights.');
  }
  const granted = role === undefined ? [...new Set(rights)] : RIGHTS[role];
  if (granted.length === 0) {
    throw new AccessError('invalid-request', 'rights: a token without any right is of no use.');
  }
  return granted;
}

/** Whoever administers could give themselves every facility: so that right is never bound to some. @throws AccessError */
function checkReach(rights: readonly Right[], facilities: Facilities): void {
  if (rights.includes('administer') && facilities !== 'all') {
    throw new AccessError('invalid-request', 'facilities: a token that may administer reaches "all".');
  }
}

function expectDone(outcome: TokenOutcome): void {
  switch (outcome) {
    case 'done':
      return;
    case 'taken':
      throw new AccessError('taken', 'There is a token of this name already.');
    case 'not-found':
      throw new AccessError('not-found', 'There is no such token.');
    case 'no-such-facility':
      throw new AccessError('invalid-request', 'facilities: names a facility that does not exist.');
    case 'too-many':
      throw new AccessError('taken', `More than ${ACCESS_LIMITS.tokens} tokens are not supported.`);
  }
}

export function addTokenRoutes(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  addList(app, context);
  addCreate(app, context);
  addRemove(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/tokens',
    tags: ['tokens'],
    summary: 'API tokens, without their secrets',
    middleware: context.guards.right('administer'),
    responses: { 200: { description: 'Tokens by name', content: json(z.object({ tokens: z.array(TokenInfo) })) } },
  });
  app.openapi(route, async (c) => {
    const tokens = await context.directory.tokens();
    return c.json({ tokens: tokens.map(present) }, 200);
  });
}

function addCreate(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/tokens',
    tags: ['tokens'],
    summary: 'Make an API token; its secret is in this answer only',
    middleware: context.guards.right('administer'),
    request: { body: { required: true, content: json(NewToken) } },
    responses: { 201: { description: 'Made', content: json(CreatedToken) }, 409: PROBLEMS[409] },
  });
  app.openapi(route, async (c) => {
    const wish = c.req.valid('json');
    const now = context.clock();
    const expiresAt = wish.expiresAt === undefined ? undefined : Date.parse(wish.expiresAt);
    if (expiresAt !== undefined && expiresAt <= now) {
      throw new AccessError('invalid-request', 'expiresAt: lies in the past.');
    }
    const text = newToken();
    const rights = rightsOf(wish.role, wish.rights);
    checkReach(rights, wish.facilities);
    const token = {
      id: crypto.randomUUID(),
      name: wish.name,
      rights,
      facilities: wish.facilities,
      createdBy: c.get('subject').name,
      createdAt: now,
      expiresAt,
      usedAt: undefined,
    };
    const { usedAt: _, ...kept } = token;
    const record = {
      ...kept,
      hash: hashSecret(text),
      facilities: token.facilities === 'all' ? null : token.facilities,
      expiresAt: expiresAt ?? null,
    };
    expectDone(await context.database.write('addToken', { token: record, most: ACCESS_LIMITS.tokens }));
    await auditChange(context, c, 'token.add', `${token.name} ${token.rights.join(',')} ${String(token.facilities)}`);
    c.header('cache-control', 'no-store');
    return c.json({ ...present(token), token: text }, 201);
  });
}

function addRemove(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/tokens/{id}',
    tags: ['tokens'],
    summary: 'Revoke an API token',
    middleware: context.guards.right('administer'),
    request: { params: z.object({ id: z.string() }) },
    responses: { 204: { description: 'Revoked' } },
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const outcome = await context.database.write('removeToken', { id });
    context.rightsChanged();
    expectDone(outcome);
    await auditChange(context, c, 'token.remove', id);
    return c.body(null, 204);
  });
}
