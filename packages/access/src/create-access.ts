import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Access, AppEnv, DicomNode, Facility } from './access.ts';
import type { AccessContext } from './access-context.ts';
import { ViewLog } from './audit/view-log.ts';
import { addAuditRoutes } from './http/audit.ts';
import { addFacilityRoutes } from './http/facilities.ts';
import { addSessionRoutes } from './http/session.ts';
import { addSettingRoutes } from './http/settings.ts';
import { addTokenRoutes } from './http/tokens.ts';
import { addUserRoutes } from './http/users.ts';
import { Attempts } from './identity/attempts.ts';
import { Credentials } from './identity/credentials.ts';
import { type AccessDatabase, Directory, subjectOfAccount } from './identity/directory.ts';
import { OpenConnections } from './identity/open-connections.ts';
import { PasswordHasher } from './identity/password-hasher.ts';
import { normalisePassword } from './identity/password-rules.ts';
import { RevisionWatch } from './identity/revision-watch.ts';
import { hashSecret, newSecret } from './identity/secrets.ts';
import { SharedAttempts } from './identity/shared-attempts.ts';
import { ACCESS_LIMITS } from './limits.ts';
import type { AuditEvent, Log, Right, Subject } from './model.ts';
import type { AuditLine } from './store/audit.ts';
import { type AccessPlace, openAccessDatabase } from './store/open-database.ts';
import { db } from './store/tables.ts';
import { Authenticator, shownBy } from './web/authenticator.ts';
import { Guards } from './web/guard.ts';
import { createApi, problem } from './web/problem.ts';

export interface AccessOptions {
  readonly place: AccessPlace;
  /** Taken over when the database knows none; one facility `main` unless told. */
  readonly facilities?: readonly Facility[];
  /** Password of the user `admin` at the very first start, in place of the one-time link. */
  readonly adminPassword?: string;
  /** An API token with the administrator's rights, for scripts. */
  readonly adminToken?: string;
  /** Of the product, for `GET /api/session`. */
  readonly version: string;
  /** What to type into a modality, for the same; asked at each request. */
  readonly dicomNode?: () => DicomNode | undefined;
  /** Base URL of the archive that this server is the gateway of a site to; told at the same place. */
  readonly centre?: string | undefined;
  /** Called when a user or token may do or see less from now on: streams that are open are to be asked for again. */
  readonly onRightsChanged?: () => void;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Characters; 12 unless told. */
  readonly passwordMinLength?: number;
}

/** Access as its host gets it. */
export interface OpenedAccess extends Access {
  /** Of the link `/setup?token=…` that sets the administrator's password; only while there is no account. */
  readonly setupToken: string | undefined;
  /** Guards what concerns every subject, whatever its rights. */
  signedIn(): MiddlewareHandler<AppEnv>;
  /** What somebody should look after, in words; nothing is refused for it. */
  warnings(): readonly string[];
}

export const DEFAULT_FACILITY: Facility = { id: 'main', name: 'Filmless', patientIdIssuer: 'MAIN' };

/** Opens accounts, sessions, tokens, facilities and the audit trail. @throws DatabaseError */
export async function createAccess(options: AccessOptions): Promise<OpenedAccess> {
  const database = await openAccessDatabase(options.place);
  try {
    const clock = options.clock ?? Date.now;
    const hasher = await PasswordHasher.create();
    const facilities = options.facilities ?? [];
    await database.write('seedFacilities', { facilities: facilities.length === 0 ? [DEFAULT_FACILITY] : facilities });
    const setupToken = await firstStart(database, hasher, clock, options);
    const access = new DatabaseAccess(database, hasher, { ...options, clock, setupToken });
    await access.reloadFacilities();
    return access;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** While there is no account: makes the administrator from the given password, or a one-time link's token. */
async function firstStart(
  database: AccessDatabase,
  hasher: PasswordHasher,
  clock: () => number,
  { place, adminPassword, log, passwordMinLength = ACCESS_LIMITS.passwordMinLength }: AccessOptions,
): Promise<string | undefined> {
  const [account] = await database.read(db.selectFrom('account').select('id').limit(1));
  if (account !== undefined) {
    return undefined;
  }
  if (adminPassword === undefined) {
    const token = newSecret();
    const now = clock();
    // Of processes that start at once each has said its own link: they stand side by side, and so not for ever.
    const link = 'file' in place ? { expiresAt: null } : { expiresAt: now + ACCESS_LIMITS.setupLink, besideAfter: now };
    return (await database.write('putSetupLink', { hash: hashSecret(token), ...link })) ? token : undefined;
  }
  if (Array.from(adminPassword).length < passwordMinLength) {
    // The operator's own decision; people choose theirs on the page, where the rules hold.
    log.warn({ minLength: passwordMinLength }, 'the given administrator password is shorter than the rules ask for');
  }
  const passwordHash = await hasher.hash(normalisePassword(adminPassword));
  await database.write('setFirstAdministrator', { newId: crypto.randomUUID(), passwordHash, now: clock() });
  return undefined;
}

interface Settings extends AccessOptions {
  readonly clock: () => number;
  readonly setupToken: string | undefined;
}

class DatabaseAccess implements OpenedAccess {
  readonly app: OpenAPIHono<AppEnv>;
  readonly setupToken: string | undefined;
  readonly #database: AccessDatabase;
  readonly #clock: () => number;
  readonly #authenticator: Authenticator;
  readonly #guards: Guards;
  readonly #connections: OpenConnections;
  readonly #views: ViewLog;
  readonly #revisions: RevisionWatch | undefined;
  #facilities: readonly Facility[] = [];
  #closing: Promise<void> | undefined;

  constructor(database: AccessDatabase, hasher: PasswordHasher, settings: Settings) {
    const {
      clock,
      log,
      adminToken,
      version,
      dicomNode = () => undefined,
      centre,
      onRightsChanged = () => undefined,
      passwordMinLength = ACCESS_LIMITS.passwordMinLength,
    } = settings;
    this.setupToken = settings.setupToken;
    this.#database = database;
    this.#clock = clock;
    this.#views = new ViewLog((lines) => database.write('appendAudit', { lines }), log);
    const directory = new Directory(database);
    const credentials = new Credentials({ database, directory, hasher, clock, log });
    const audit = (event: AuditEvent) => this.audit(event);
    // Any number of processes may be at work on a server's database.
    const shared = 'url' in settings.place;
    const attempts = shared ? new SharedAttempts(database, clock) : new Attempts(clock);
    const authenticator = new Authenticator({ credentials, directory, attempts, adminToken, audit });
    this.#authenticator = authenticator;
    this.#guards = new Guards(authenticator, audit);
    this.#connections = new OpenConnections(directory, clock, log);
    this.app = createApi(log);
    const context: AccessContext = {
      database,
      directory,
      credentials,
      hasher,
      authenticator,
      guards: this.#guards,
      clock,
      log,
      version,
      dicomNode,
      centre,
      passwordMinLength,
      rightsChanged: () => {
        credentials.forget();
        onRightsChanged();
      },
      sessionEnded: () => {
        credentials.forget();
        this.#connections.look();
      },
      audit,
      facilities: () => this.#facilities,
      reloadFacilities: () => this.reloadFacilities(),
      flushViews: () => this.#views.flush(),
    };
    addRoutes(this.app, context);
    const reread = { rights: context.rightsChanged, facilities: () => this.reloadFacilities() };
    this.#revisions = shared ? new RevisionWatch(database, (name) => reread[name](), log) : undefined;
  }

  guard(right: Right): MiddlewareHandler<AppEnv> {
    return this.#guards.right(right);
  }

  signedIn(): MiddlewareHandler<AppEnv> {
    return this.#guards.signedIn();
  }

  open(why: string): MiddlewareHandler<AppEnv> {
    return this.#guards.open(why);
  }

  whileHeld(c: Context<AppEnv>, end: () => void): Disposable {
    const shown = shownBy(this.#guards.identityOf(c));
    return shown === undefined ? { [Symbol.dispose]: () => undefined } : this.#connections.add(shown, end);
  }

  async audit(event: AuditEvent): Promise<void> {
    await this.#database.write('appendAudit', { lines: [toLine(event, this.#clock())] });
  }

  auditView(subject: Subject, studyInstanceUid: string, facility: string, address: string): void {
    this.#views.add(toLine({ action: 'view', outcome: 'success', subject, studyInstanceUid, facility, address }, this.#clock()));
  }

  async signIn(username: string, password: string, address: string): Promise<Subject> {
    return subjectOfAccount(await this.#authenticator.password(username, password, address));
  }

  facilities(): readonly Facility[] {
    return this.#facilities;
  }

  problems(): readonly string[] {
    const failed = this.#database.problem();
    return failed === undefined ? [] : [failed];
  }

  warnings(): readonly string[] {
    const { lost } = this.#views;
    return lost === 0
      ? []
      : [
          `${lost} views are missing from the audit trail: the database could not be written in time. Look after the disk of the records.`,
        ];
  }

  async reloadFacilities(): Promise<void> {
    const rows = await this.#database.read(db.selectFrom('facility').selectAll().orderBy('id'));
    this.#facilities = rows.map(({ id, name, patient_id_issuer }) => ({ id, name, patientIdIssuer: patient_id_issuer }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await this.#revisions?.[Symbol.asyncDispose]();
    await this.#connections[Symbol.asyncDispose]();
    await this.#views[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }
}

function addRoutes(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const limit = bodyLimit({
    maxSize: ACCESS_LIMITS.jsonBody,
    onError: (c) => problem(c, 413, 'Too large', `The body is longer than ${ACCESS_LIMITS.jsonBody} bytes.`),
  });
  for (const path of ['/api/session/*', '/api/setup', '/api/users/*', '/api/tokens/*', '/api/facilities/*', '/api/settings/*']) {
    // No route reads the body of a DELETE.
    app.use(path, (c, next) => (c.req.method === 'DELETE' ? next() : limit(c, next)));
  }
  addSessionRoutes(app, context);
  addUserRoutes(app, context);
  addTokenRoutes(app, context);
  addFacilityRoutes(app, context);
  addSettingRoutes(app, context);
  addAuditRoutes(app, context);
}

/** Bounded, and only what belongs on the trail. */
function toLine(event: AuditEvent, at: number): AuditLine {
  const { subject, detail, ...rest } = event;
  const cut = (text: string) => text.slice(0, ACCESS_LIMITS.auditText);
  return {
    ...rest,
    at,
    ...(subject === undefined ? {} : { subject: { kind: subject.kind, id: cut(subject.id), name: cut(subject.name) } }),
    ...(detail === undefined ? {} : { detail: cut(detail) }),
  };
}

/**
 * Makes a one-time link's token, valid for a day, that gives the user `admin` a new password (or makes that user). Works
 * beside a running server.
 */
export async function resetAdmin(place: AccessPlace, clock: () => number = Date.now): Promise<string> {
  await using database = await openAccessDatabase(place);
  const token = newSecret();
  const now = clock();
  await database.write('putSetupLink', { hash: hashSecret(token), expiresAt: now + ACCESS_LIMITS.setupLink });
  const line = toLine({ action: 'setup.link', outcome: 'success', detail: 'filmless reset-admin' }, now);
  await database.write('appendAudit', { lines: [line] });
  return token;
}

/** Adds and renames facilities as the configuration file has them; for a stopped server. */
export async function applyFacilities(place: AccessPlace, facilities: readonly Facility[]): Promise<void> {
  await using database = await openAccessDatabase(place);
  await database.write('applyFacilities', { facilities });
  const detail = facilities.map(({ id }) => id).join(',');
  await database.write('appendAudit', { lines: [toLine({ action: 'facility.apply', outcome: 'success', detail }, Date.now())] });
}
