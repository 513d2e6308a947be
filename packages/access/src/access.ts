import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import type { AuditEvent, Right, Subject } from './model.ts';

/** A connection that texts are sent over, until either side closes it. RFC 6455. */
export interface TextChannel {
  send(text: string): void;
  /** With a code of RFC 6455 7.4.1. */
  close(code: number): void;
}

/** What the server, or a part of the product calling in process, tells a Hono application beside the request. */
export interface Bindings {
  /** IP address of the client. */
  readonly remoteAddress: string;
  /** True over TLS: the session cookie is then marked Secure. */
  readonly secure: boolean;
  /** Set only by a call in process, never from the network: the part of the product that calls. */
  readonly caller?: Subject;
  /**
   * Set when the client asks for a WebSocket: who calls it accepts, and answers 204. `open` is called once the connection is there, and what
   * it gives disposed of when that has ended.
   */
  readonly webSocket?: (open: (channel: TextChannel) => Disposable) => void;
}

/** The environment of every Hono application of the product. */
export interface AppEnv {
  readonly Bindings: Bindings;
  readonly Variables: { readonly subject: Subject };
}

export interface Facility {
  readonly id: string;
  readonly name: string;
  /** Issuer of the facility's patient ids. */
  readonly patientIdIssuer: string;
}

/** Where this installation receives by DICOM. */
export interface DicomNode {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  /** For DICOM over TLS, where that is spoken. */
  readonly tlsPort?: number;
}

/** Who may do what. Every route asks `guard`; what it answers about a single study, `authorize` decides. */
export interface Access extends AsyncDisposable {
  /** `/api/session`, `/api/setup`, `/api/users`, `/api/tokens`, `/api/facilities`, `/api/audit`. */
  readonly app: OpenAPIHono<AppEnv>;
  /**
   * Authenticates (in-process caller, cookie, bearer token, Basic), answers 401, 403 or 429 as problem+json, else sets
   * `subject` for the handler. A route without a guard fails a test, unless it is marked with `open`.
   */
  guard(right: Right): MiddlewareHandler<AppEnv>;
  /** Marks a route that needs no credentials; `why` is for the reader of the route table. */
  open(why: string): MiddlewareHandler<AppEnv>;
  /**
   * For what goes on after its request: calls `end` within seconds of the end of the session or token that the request was let in by.
   * Disposed of when the connection is closed.
   */
  whileHeld(c: Context<AppEnv>, end: () => void): Disposable;
  /** Writes a line of the audit trail, in its own commit. */
  audit(event: AuditEvent): Promise<void>;
  /** Notes that a subject looked at a study: once per subject, study and five minutes, in batches. */
  auditView(subject: Subject, studyInstanceUid: string, facility: string, address: string): void;
  /**
   * Signs in by name and password, for protocols that are not HTTP; refusals stand in the audit trail, and attempts are counted
   * together with those at the page. Gives no session.
   * @throws AccessError `invalid-credentials`, `too-many-attempts`, `busy`
   */
  signIn(username: string, password: string, address: string): Promise<Subject>;
  facilities(): readonly Facility[];
  /** Problems in words, none when ready. */
  problems(): readonly string[];
}
