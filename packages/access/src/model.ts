/** What an account is, as a hospital names its people; what each may do stands in `rights.ts`. */
export type Role = 'administrator' | 'radiographer' | 'doctor' | 'reader';

/** One thing a subject may do. `relay`: name another as the source of an image, as a router in front of an archive does. */
export type Right = 'view' | 'upload' | 'edit' | 'delete' | 'share' | 'administer' | 'relay';

/** The facilities whose studies a subject reaches: its own and, by the predicate in the SQL, what was shared with them. */
export type Facilities = 'all' | readonly string[];

/** Who asks: a person, a script's token, an application entity or a part of the product itself. */
export interface Subject {
  readonly kind: 'user' | 'token' | 'ae' | 'service';
  /** Stable id within its kind. */
  readonly id: string;
  /** For the screen and the audit trail. */
  readonly name: string;
  readonly rights: ReadonlySet<Right>;
  readonly facilities: Facilities;
}

/** What is acted on, as far as the decision needs it. A study lies in one facility and may be shared with others. */
export interface Resource {
  readonly facility: string;
  readonly sharedWith?: readonly string[];
}

/** `unknown`: the caller may not learn that the resource exists. HTTP answers 401, 403 and 404 in this order. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'unauthenticated' | 'forbidden' | 'unknown' };

/** The caller's reach, for the predicate that every query carries before paging and counting. */
export interface Scope {
  readonly facilities: Facilities;
}

/** Where an instance came from: kept in its envelope for good. */
export interface Source {
  readonly kind: 'dimse' | 'stow';
  readonly callingAe?: string;
  readonly calledAe?: string;
  /** IP address of the peer. */
  readonly address: string;
  /** Name of the user or token that uploaded. */
  readonly user?: string;
  readonly facility: string;
  /** False when an application entity that nobody listed sent it. */
  readonly verified: boolean;
  /** What its texts are read in, whatever the object says: the setting of its sender when it came. */
  readonly characterSet?: string;
}

/** One line of the audit trail. Changes and refusals are written at once, views in batches. */
export interface AuditEvent {
  readonly action: string;
  readonly outcome: 'success' | 'refused' | 'failed';
  readonly subject?: Pick<Subject, 'kind' | 'id' | 'name'>;
  readonly address?: string;
  readonly facility?: string;
  readonly studyInstanceUid?: string;
  readonly detail?: string;
}

/** The operator's log: an event's name and its fields, never patients' data. */
export interface Log {
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
