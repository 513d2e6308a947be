import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import type { AppEnv } from '../access.ts';
import { type AccessContext, auditChange } from '../access-context.ts';
import { AccessError } from '../errors.ts';
import { type Account, subjectOfAccount } from '../identity/directory.ts';
import { normalisePassword, passwordFault } from '../identity/password-rules.ts';
import { hashSecret, newSecret } from '../identity/secrets.ts';
import { ACCESS_LIMITS } from '../limits.ts';
import { ADMINISTRATOR } from '../store/setup.ts';
import { cookieName } from '../web/authenticator.ts';

const LINK_USED = 'This link was used already or is too old. Start the server again for a new one, or run: filmless reset-admin';

const Password = z.string().min(1).max(ACCESS_LIMITS.passwordMaxBytes);

const SessionInfo = z
  .object({
    user: z.object({
      id: z.string(),
      username: z.string(),
      displayName: z.string(),
      role: z.string().nullable().openapi({ description: 'null for a token' }),
    }),
    rights: z.array(z.string()),
    facilities: z.array(z.object({ id: z.string(), name: z.string() })),
    version: z.string(),
    dicom: z
      .object({ aeTitle: z.string(), host: z.string(), port: z.number(), tlsPort: z.number().optional() })
      .nullable()
      .openapi({
        description:
          'what to type into a modality; null without a DICOM listener, and no tlsPort where nothing speaks DICOM over TLS',
      }),
    centre: z.string().nullable().openapi({ description: 'the archive that this server is the gateway of a site to' }),
  })
  .openapi('Session');

/** Sets the cookie of a new session. The cookie ends with the browser; the session's own end is the server's business. */
async function startSession(context: AccessContext, c: Context<AppEnv>, account: Pick<Account, 'id' | 'passwordHash'>) {
  const secret = newSecret();
  const now = context.clock();
  const started = await context.database.write('startSession', {
    hash: hashSecret(secret),
    accountId: account.id,
    verifiedHash: account.passwordHash,
    address: c.env.remoteAddress,
    now,
    createdAfter: now - ACCESS_LIMITS.sessionAbsolute,
    seenAfter: now - ACCESS_LIMITS.sessionIdle,
    perAccount: ACCESS_LIMITS.sessionsPerAccount,
  });
  if (!started) {
    throw new AccessError('invalid-credentials', 'The account was changed at this very moment. Sign in again.');
  }
  setSessionCookie(c, secret, {});
}

/** Tells the page that there is a session, and nothing else: without it the page need not ask who is signed in. */
const HINT_COOKIE = 'filmless-signed-in';

function setSessionCookie(c: Context<AppEnv>, value: string, more: { readonly maxAge?: number }): void {
  const { secure } = c.env;
  setCookie(c, cookieName(secure), value, { path: '/', httpOnly: true, sameSite: 'Lax', secure, ...more });
  setCookie(c, HINT_COOKIE, value === '' ? '' : '1', { path: '/', sameSite: 'Lax', secure, ...more });
}

function addSignIn(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/session',
    tags: ['session'],
    summary: 'Sign in',
    middleware: context.guards.openToOwnPage('signing in needs no session yet'),
    request: {
      body: {
        required: true,
        content: { 'application/json': { schema: z.object({ username: z.string().min(1).max(200), password: Password }) } },
      },
    },
    responses: {
      204: { description: 'Signed in; the cookie is set' },
      401: { description: 'Wrong' },
      429: { description: 'Wait' },
    },
  });
  app.openapi(route, async (c) => {
    const { username, password } = c.req.valid('json');
    const address = c.env.remoteAddress;
    const account = await context.authenticator.password(username, password, address);
    await startSession(context, c, account);
    await context.audit({ action: 'signin', outcome: 'success', subject: subjectOfAccount(account), address });
    return c.body(null, 204);
  });
}

function addWhoAmI(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/session',
    tags: ['session'],
    summary: 'Who one is, and may do what',
    middleware: context.guards.signedIn(),
    responses: { 200: { description: 'The session', content: { 'application/json': { schema: SessionInfo } } } },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const account = subject.kind === 'user' ? await context.directory.account({ id: subject.id }) : undefined;
    const { facilities } = subject;
    const reached = context.facilities().filter(({ id }) => facilities === 'all' || facilities.includes(id));
    const user = {
      id: subject.id,
      username: subject.name,
      displayName: account?.displayName ?? subject.name,
      role: account?.role ?? null,
    };
    c.header('cache-control', 'no-store');
    return c.json(
      {
        user,
        rights: [...subject.rights],
        facilities: reached.map(({ id, name }) => ({ id, name })),
        version: context.version,
        dicom: context.dicomNode() ?? null,
        centre: context.centre ?? null,
      },
      200,
    );
  });
}

function addSignOut(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/session',
    tags: ['session'],
    summary: 'Sign out',
    middleware: context.guards.signedIn(),
    responses: { 204: { description: 'Signed out' } },
  });
  app.openapi(route, async (c) => {
    const hash = context.guards.identityOf(c)?.session;
    if (hash !== undefined) {
      await context.database.write('endSession', { hash });
      context.sessionEnded();
      setSessionCookie(c, '', { maxAge: 0 });
      await auditChange(context, c, 'signout', '');
    }
    return c.body(null, 204);
  });
}

function addPassword(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/session/password',
    tags: ['session'],
    summary: 'Change one’s own password; other sessions end',
    middleware: context.guards.signedIn(),
    request: {
      body: {
        required: true,
        content: { 'application/json': { schema: z.object({ current: Password, next: Password }) } },
      },
    },
    responses: { 204: { description: 'Changed' } },
  });
  app.openapi(route, async (c) => {
    const { current, next } = c.req.valid('json');
    const subject = c.get('subject');
    if (subject.kind !== 'user') {
      throw new AccessError('invalid-request', 'A token has no password.');
    }
    // Verified under the account's own limit of attempts, so that a stolen session can't guess the password.
    const account = await confirmPassword(context, subject.name, current, c.env.remoteAddress);
    const passwordHash = await hashNew(context, next, account.username);
    const outcome = await context.database.write('changePassword', {
      id: account.id,
      verifiedHash: account.passwordHash,
      passwordHash,
      now: context.clock(),
      keepSession: context.guards.identityOf(c)?.session ?? null,
    });
    context.rightsChanged();
    if (outcome !== 'done') {
      throw new AccessError('invalid-credentials', 'The password was changed at this very moment. Sign in again.');
    }
    await auditChange(context, c, 'password.change', '');
    return c.body(null, 204);
  });
}

/** A wrong current password is no lost session: 422, not 401. */
async function confirmPassword(context: AccessContext, username: string, password: string, address: string): Promise<Account> {
  try {
    return await context.authenticator.password(username, password, address);
  } catch (error) {
    if (error instanceof AccessError && error.code === 'invalid-credentials') {
      throw new AccessError('weak-password', 'The current password is wrong.');
    }
    throw error;
  }
}

/** @throws AccessError `weak-password` */
export async function hashNew(context: AccessContext, password: string, username: string): Promise<string> {
  const fault = passwordFault(password, username, context.passwordMinLength);
  if (fault !== undefined) {
    throw new AccessError('weak-password', fault);
  }
  return await context.hasher.hash(normalisePassword(password));
}

function addSetup(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/setup',
    tags: ['session'],
    summary: 'Set the administrator’s password by a one-time link',
    middleware: context.guards.openToOwnPage('the one-time link is the credential'),
    request: {
      body: {
        required: true,
        content: { 'application/json': { schema: z.object({ token: z.string().max(200), password: Password }) } },
      },
    },
    responses: { 204: { description: 'Signed in as administrator' }, 403: { description: 'Used, or too old' } },
  });
  app.openapi(route, async (c) => {
    const { token, password } = c.req.valid('json');
    const address = c.env.remoteAddress;
    const now = context.clock();
    const hash = hashSecret(token);
    await context.authenticator.begin({ address });
    if (!(await context.directory.setupLinkHolds(hash, now))) {
      await context.audit({ action: 'setup', outcome: 'refused', address });
      throw new AccessError('link-used', LINK_USED);
    }
    await context.authenticator.succeeded({ address });
    const passwordHash = await hashNew(context, password, ADMINISTRATOR);
    const newId = crypto.randomUUID();
    const id = await context.database.write('useSetupLink', { hash, newId, passwordHash, now });
    if (id === undefined) {
      throw new AccessError('link-used', LINK_USED);
    }
    context.rightsChanged();
    await context.audit({ action: 'setup', outcome: 'success', address, subject: { kind: 'user', id, name: ADMINISTRATOR } });
    await startSession(context, c, { id, passwordHash });
    return c.body(null, 204);
  });
}

export function addSessionRoutes(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  addSignIn(app, context);
  addWhoAmI(app, context);
  addSignOut(app, context);
  addPassword(app, context);
  addSetup(app, context);
}
