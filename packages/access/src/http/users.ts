import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { AppEnv } from '../access.ts';
import { type AccessContext, auditChange } from '../access-context.ts';
import { AccessError } from '../errors.ts';
import { type Account, foldUsername } from '../identity/directory.ts';
import { ACCESS_LIMITS } from '../limits.ts';
import type { Role } from '../model.ts';
import { reachesAll } from '../rights.ts';
import type { AccountOutcome } from '../store/accounts.ts';
import { PROBLEMS } from './schemas.ts';
import { hashNew } from './session.ts';

const RoleName = z.enum(['administrator', 'radiographer', 'doctor', 'reader']);
const Username = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}._@-]*$/u, 'letters, digits and . _ @ - only, beginning with a letter or digit')
  .openapi({ example: 'an.nguyen' });

const UserFields = z.object({
  username: Username,
  displayName: z.string().normalize('NFC').trim().min(1).max(200),
  role: RoleName,
  facilities: z.array(z.string().max(64)).max(ACCESS_LIMITS.facilities).default([]),
  disabled: z.boolean().default(false),
});
const NewUser = UserFields.extend({ password: z.string().min(1).max(ACCESS_LIMITS.passwordMaxBytes) });
const UserChange = UserFields.extend({ password: z.string().min(1).max(ACCESS_LIMITS.passwordMaxBytes).optional() });
const User = z
  .object({
    id: z.string(),
    username: z.string(),
    displayName: z.string(),
    role: RoleName,
    facilities: z.array(z.string()),
    disabled: z.boolean(),
  })
  .openapi('User');
const UserId = z.object({ id: z.string() });

const json = <T extends z.ZodType>(schema: T) => ({ 'application/json': { schema } });

interface Fields {
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly facilities: readonly string[];
  readonly disabled: boolean;
}

function present(account: Omit<Account, 'passwordHash'>) {
  const { id, username, displayName, role, facilities, disabled } = account;
  return { id, username, displayName, role, facilities: [...facilities], disabled };
}

/** @throws AccessError unless the outcome is `done` */
function expectDone(outcome: AccountOutcome): void {
  switch (outcome) {
    case 'done':
      return;
    case 'taken':
      throw new AccessError('taken', 'There is a user of this name already.');
    case 'not-found':
      throw new AccessError('not-found', 'There is no such user.');
    case 'last-administrator':
      throw new AccessError('last-administrator', 'This is the last administrator. Make another one first.');
    case 'no-such-facility':
      throw new AccessError('invalid-request', 'facilities: names a facility that does not exist.');
    case 'too-many':
      throw new AccessError('taken', `More than ${ACCESS_LIMITS.accounts} users are not supported.`);
  }
}

/** Whoever doesn't reach all facilities belongs to one at least, or would see nothing and not know why. */
function toRecord(id: string, fields: Fields) {
  const facilities = [...new Set(fields.facilities)].sort();
  if (facilities.length === 0 && !reachesAll(fields.role)) {
    throw new AccessError('invalid-request', `facilities: a ${fields.role} belongs to one facility at least.`);
  }
  return { ...fields, id, username: foldUsername(fields.username), facilities };
}

export function addUserRoutes(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  addList(app, context);
  addCreate(app, context);
  addRead(app, context);
  addChange(app, context);
  addRemove(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/users',
    tags: ['users'],
    summary: 'All users',
    middleware: context.guards.right('administer'),
    responses: { 200: { description: 'Users by name', content: json(z.object({ users: z.array(User) })) } },
  });
  app.openapi(route, async (c) => {
    const accounts = await context.directory.accounts();
    return c.json({ users: accounts.map(present) }, 200);
  });
}

function addCreate(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/users',
    tags: ['users'],
    summary: 'Add a user',
    middleware: context.guards.right('administer'),
    request: { body: { required: true, content: json(NewUser) } },
    responses: { 201: { description: 'Added', content: json(User) }, 409: PROBLEMS[409] },
  });
  app.openapi(route, async (c) => {
    const { password, ...fields } = c.req.valid('json');
    const record = toRecord(crypto.randomUUID(), fields);
    const account = { ...record, passwordHash: await hashNew(context, password, record.username) };
    const now = context.clock();
    expectDone(await context.database.write('addAccount', { account, now, most: ACCESS_LIMITS.accounts }));
    await auditChange(context, c, 'user.add', `${record.username} ${record.role} ${record.facilities.join(',')}`);
    c.header('location', `/api/users/${record.id}`);
    return c.json(present(record), 201);
  });
}

function addRead(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/users/{id}',
    tags: ['users'],
    summary: 'One user',
    middleware: context.guards.right('administer'),
    request: { params: UserId },
    responses: { 200: { description: 'The user', content: json(User) }, 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    const account = await context.directory.account({ id: c.req.valid('param').id });
    if (account === undefined) {
      throw new AccessError('not-found', 'There is no such user.');
    }
    return c.json(present(account), 200);
  });
}

function addChange(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/users/{id}',
    tags: ['users'],
    summary: 'Change a user; their sessions end',
    middleware: context.guards.right('administer'),
    request: { params: UserId, body: { required: true, content: json(UserChange) } },
    responses: { 200: { description: 'Changed', content: json(User) }, 404: PROBLEMS[404], 409: PROBLEMS[409] },
  });
  app.openapi(route, async (c) => {
    const { password, ...fields } = c.req.valid('json');
    const record = toRecord(c.req.valid('param').id, fields);
    const secret = password === undefined ? {} : { passwordHash: await hashNew(context, password, record.username) };
    const outcome = await context.database.write('changeAccount', { account: { ...record, ...secret }, now: context.clock() });
    context.rightsChanged();
    expectDone(outcome);
    const what = `${record.username} ${record.role} ${record.facilities.join(',')}`;
    const marks = `${record.disabled ? ' disabled' : ''}${password === undefined ? '' : ' password'}`;
    await auditChange(context, c, 'user.change', `${what}${marks}`);
    return c.json(present(record), 200);
  });
}

function addRemove(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/users/{id}',
    tags: ['users'],
    summary: 'Remove a user; the audit trail keeps the name',
    middleware: context.guards.right('administer'),
    request: { params: UserId },
    responses: { 204: { description: 'Removed' } },
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const account = await context.directory.account({ id });
    const outcome = await context.database.write('removeAccount', { id });
    context.rightsChanged();
    expectDone(outcome);
    await auditChange(context, c, 'user.remove', account?.username ?? id);
    return c.body(null, 204);
  });
}
