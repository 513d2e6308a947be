import type { Context } from 'hono';
import type { AppEnv, DicomNode, Facility } from './access.ts';
import type { Credentials } from './identity/credentials.ts';
import type { AccessDatabase, Directory } from './identity/directory.ts';
import type { PasswordHasher } from './identity/password-hasher.ts';
import type { AuditEvent, Log } from './model.ts';
import type { Authenticator } from './web/authenticator.ts';
import type { Guards } from './web/guard.ts';

/** What the routes of this package work with. */
export interface AccessContext {
  readonly database: AccessDatabase;
  readonly directory: Directory;
  readonly credentials: Credentials;
  readonly hasher: PasswordHasher;
  readonly authenticator: Authenticator;
  readonly guards: Guards;
  readonly clock: () => number;
  readonly log: Log;
  readonly version: string;
  readonly dicomNode: () => DicomNode | undefined;
  readonly centre: string | undefined;
  readonly passwordMinLength: number;
  /** Somebody may do or see less from now on: what was remembered no longer counts, what still runs is ended. */
  rightsChanged(): void;
  /** Somebody signed out: what was opened by that session is ended. */
  sessionEnded(): void;
  audit(event: AuditEvent): Promise<void>;
  facilities(): readonly Facility[];
  /** Puts waiting views on the trail, before it is read. */
  flushViews(): Promise<void>;
  /** Reads the facilities again after a change. */
  reloadFacilities(): Promise<void>;
}

/** A change by the caller of a route, for the trail. */
export function auditChange(context: AccessContext, c: Context<AppEnv>, action: string, detail: string): Promise<void> {
  return context.audit({
    action,
    outcome: 'success',
    subject: c.get('subject'),
    address: c.env.remoteAddress,
    detail,
  });
}
