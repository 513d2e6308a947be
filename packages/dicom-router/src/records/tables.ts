import { queryBuilder } from '@filmless/database';
import type { Generated, Kysely } from 'kysely';

type DeliveryState = 'queued' | 'sending' | 'done' | 'aside';

/** Where a request for storage commitment stands: to be checked, to be reported, taken by the peer, or left to a person. */
type CommitmentState = 'asked' | 'checked' | 'reported' | 'aside';

type Direction = 'in' | 'out';

/** What a destination says of an instance it got: to be asked, asked, kept safe, not kept, or it never said. */
type DeliveryCommitment = 'wanted' | 'asked' | 'confirmed' | 'refused' | 'unanswered';

/** The router's own tables; times are milliseconds since 1970. */
export interface Tables {
  readonly ae: {
    readonly title: string;
    readonly host: string | null;
    readonly port: number | null;
    /** JSON array of permissions. */
    readonly may: string;
    readonly facility: string;
    /** JSON of the settings that are given: `tls`, `charsetIn`, `asciiNames`, `onConflict`, `worklist`. */
    readonly settings: string;
  };
  readonly destination: {
    readonly id: string;
    readonly kind: string;
    /** Empty, as `host`, for what is no DICOM node; `port` is then 0. */
    readonly ae_title: string;
    readonly host: string;
    readonly port: number;
    readonly calling_ae: string | null;
    /** JSON of the routing rule. */
    readonly rule: string;
    readonly enabled: number;
    /** JSON of the settings that are given. */
    readonly settings: string;
    /** JSON of what is shown to the receiver: a token, a certificate with its key. */
    readonly secret: string | null;
  };
  readonly delivery: {
    readonly id: Generated<number>;
    readonly destination: string;
    readonly study_instance_uid: string;
    readonly series_instance_uid: string;
    readonly sop_instance_uid: string;
    readonly sop_class_uid: string;
    readonly transfer_syntax_uid: string;
    readonly state: DeliveryState;
    readonly attempts: number;
    readonly next_attempt: number;
    readonly created_at: number;
    readonly finished_at: number | null;
    readonly problem: string | null;
    /** Null where no commitment is asked for. */
    readonly commitment: Generated<DeliveryCommitment | null>;
    /** The request it was asked with last. */
    readonly commitment_request: Generated<number | null>;
    /** How often it was sent again because the destination did not commit itself. */
    readonly resends: Generated<number>;
    /** Place in `DELIVERY_CLASSES`. */
    readonly class: Generated<number>;
    /** Name of the rule that asked for it. */
    readonly rule: Generated<string>;
    /** JSON of `Changes`. */
    readonly changes: Generated<string>;
    /** Held until then. */
    readonly not_before: number | null;
    /** JSON of `LegalBasis`. */
    readonly legal: string | null;
    /** Of the stored object. */
    readonly bytes: number | null;
    /** JSON of `Origin`. */
    readonly origin: string | null;
    /** SOP Instance UID of the copy that was delivered last, where it has one of its own. */
    readonly copy_uid: string | null;
    /** 1 when another object came under its UID while it was being sent. */
    readonly again: Generated<number>;
    /** 1 for a copy of what was delivered so long ago that only its count is kept: once done it counts no more. */
    readonly repeated: Generated<number>;
  };
  /** What another facility was given, and why it might. */
  readonly delivery_share: {
    readonly study_instance_uid: string;
    readonly destination: string;
    /** JSON of `LegalBasis`. */
    readonly legal: string;
    readonly at: number;
  };
  readonly deidentification_profile: {
    readonly name: string;
    /** JSON of the rest of the profile. */
    readonly profile: string;
  };
  /** Made once, and part of every backup. */
  readonly secret: {
    readonly name: string;
    /** Base64. */
    readonly value: string;
  };
  /** Storage commitment that was asked of us. */
  readonly commitment: {
    readonly id: Generated<number>;
    readonly transaction_uid: string;
    readonly ae_title: string;
    readonly facility: string;
    readonly address: string;
    readonly state: CommitmentState;
    /** How many it names, and how many of them are not here. */
    readonly instances: number;
    readonly refused: number;
    readonly attempts: number;
    readonly next_attempt: number;
    readonly asked_at: number;
    readonly checked_at: number | null;
    readonly reported_at: number | null;
    readonly problem: string | null;
  };
  readonly commitment_instance: {
    readonly commitment: number;
    readonly position: number;
    readonly sop_class_uid: string;
    readonly sop_instance_uid: string;
    /** Failure Reason (0008,1197); null where it is safe, or not looked for yet. */
    readonly failure: number | null;
  };
  /** The studies that instances of a request belong to. */
  readonly commitment_study: {
    readonly commitment: number;
    readonly study_instance_uid: string;
  };
  /** What was told to machines that asked for safekeeping, by the last request that names the instance. */
  readonly committed_instance: {
    /** Of what is nowhere: each study of the request. */
    readonly study_instance_uid: string;
    readonly sop_instance_uid: string;
    readonly ae_title: string;
    /** Failure Reason (0008,1197); null where it is safe. */
    readonly failure: number | null;
    readonly at: number;
  };
  /** Counted lines of `delivery` and `committed_instance` that were forgotten. */
  readonly receipt_total: {
    readonly study_instance_uid: string;
    readonly kind: 'delivery' | 'commitment';
    /** A destination, or the AE title of a machine. */
    readonly peer: string;
    readonly instances: number;
    /** Of these, what the destination confirmed to keep. */
    readonly confirmed: number;
    readonly last_at: number;
  };
  /** Storage commitment that we asked a destination for. */
  readonly commitment_request: {
    readonly id: Generated<number>;
    readonly destination: string;
    readonly transaction_uid: string;
    readonly state: 'asking' | 'asked' | 'answered' | 'unanswered';
    readonly instances: number;
    readonly refused: number;
    readonly asked_at: number;
    readonly answered_at: number | null;
    readonly problem: string | null;
  };
  /** Documents of routing rules; the one with the highest version is in force. */
  readonly rule_version: {
    readonly version: Generated<number>;
    readonly document: string;
    readonly at: number;
    readonly by: string;
  };
  /** Instances whose routing is not decided yet, or not for good. */
  readonly arrival: {
    readonly sop_instance_uid: string;
    readonly study_instance_uid: string;
    readonly series_instance_uid: string;
    readonly sop_class_uid: string;
    readonly transfer_syntax_uid: string;
    readonly bytes: number | null;
    /** JSON of where it came from. */
    readonly source: string;
    readonly is_new: number;
    readonly at: number;
    readonly state: 'arrived' | 'waiting';
    readonly attempts: number;
    readonly next_look: number;
    readonly problem: string | null;
  };
  /** Earlier studies that a destination is to get with a study. */
  readonly prefetch: {
    readonly id: Generated<number>;
    readonly destination: string;
    readonly study_instance_uid: string;
    /** JSON of how many, of which modality, and how they are sent. */
    readonly wanted: string;
    readonly done: number;
    readonly at: number;
    readonly attempts: number;
    readonly next_look: number;
    readonly problem: string | null;
  };
  readonly association: {
    readonly id: Generated<number>;
    /** What the log calls it; empty for those from before it had a name. */
    readonly association: string;
    readonly at: number;
    readonly duration_ms: number;
    readonly calling_ae: string;
    readonly called_ae: string;
    readonly address: string;
    readonly outcome: string;
    readonly detail: string;
    readonly stored: number;
    readonly failed: number;
    /** Who asked for it: a peer, or we. */
    readonly direction: Direction;
    /** Of the peer, where we called. */
    readonly port: number | null;
    /** Over TLS. */
    readonly secure: number;
    /** What we called for; empty where we were called. */
    readonly purpose: string;
    /** The destination we called for. */
    readonly destination: string | null;
    /** What went wrong first. */
    readonly trouble: number | null;
  };
  /** What went wrong, once for each peer and cause, counted. */
  readonly trouble: {
    readonly id: Generated<number>;
    readonly direction: Direction;
    /** AE title of the peer; empty where none was said. */
    readonly title: string;
    readonly address: string;
    readonly cause: string;
    /** What tells two of one cause apart, such as the title that was called; empty where nothing does. */
    readonly distinct_by: string;
    /** Whether the whole association failed, or operations of it. */
    readonly scope: 'association' | 'operation';
    readonly called_ae: string;
    readonly port: number | null;
    readonly secure: number;
    readonly purpose: string;
    readonly destination: string | null;
    /** JSON of the facts of the last time. */
    readonly facts: string;
    /** The log's sentence of the last time. */
    readonly detail: string;
    readonly association: string;
    readonly first_at: number;
    readonly last_at: number;
    readonly times: number;
    /** The same peer had no such trouble at this time, later than `last_at`. */
    readonly settled_at: number | null;
  };
  /** Entities that were let in, and when. */
  readonly contact: {
    readonly title: string;
    readonly address: string;
    readonly secure: number;
    readonly first_at: number;
    readonly last_at: number;
    /** `Rhythm` in doctor/rhythm.ts. */
    readonly week: number;
    readonly first_week: number;
    readonly hours: string;
  };
}

export const db: Kysely<Tables> = queryBuilder<Tables>();
