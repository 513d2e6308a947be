import { queryBuilder } from '@filmless/database';
import type { Generated, Kysely } from 'kysely';

type DeliveryState = 'queued' | 'sending' | 'done' | 'aside';

/** The router's own tables; times are milliseconds since 1970. */
export interface Tables {
  readonly ae: {
    readonly title: string;
    readonly host: string | null;
    readonly port: number | null;
    /** JSON array of permissions. */
    readonly may: string;
    readonly facility: string;
  };
  readonly destination: {
    readonly id: string;
    readonly ae_title: string;
    readonly host: string;
    readonly port: number;
    readonly calling_ae: string | null;
    /** JSON of the routing rule. */
    readonly rule: string;
    readonly enabled: number;
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
  };
}

export const db: Kysely<Tables> = queryBuilder<Tables>();
