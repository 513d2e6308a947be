import { queryBuilder } from '@filmless/database';
import type { Generated, Kysely } from 'kysely';

import type { AttemptKind } from '../identity/attempt-rules.ts';
import type { RevisionName } from './revisions.ts';

/** Times are milliseconds since 1970; booleans 0 and 1. */
export interface AccessTables {
  readonly facility: { readonly id: string; readonly name: string; readonly patient_id_issuer: string };
  readonly account: {
    readonly id: string;
    /** Folded to lower case. */
    readonly username: string;
    readonly display_name: string;
    readonly role: string;
    readonly password_hash: string;
    readonly disabled: number;
    readonly created_at: number;
    readonly password_changed_at: number;
  };
  readonly account_facility: { readonly account_id: string; readonly facility_id: string };
  readonly session: {
    /** SHA-256 of the cookie's value, in hexadecimal. */
    readonly hash: string;
    readonly account_id: string;
    readonly created_at: number;
    readonly seen_at: number;
    readonly address: string;
  };
  readonly token: {
    readonly id: string;
    readonly name: string;
    /** SHA-256 of the token, in hexadecimal. */
    readonly hash: string;
    /** JSON array of rights. */
    readonly rights: string;
    /** JSON array of facility ids, or `null` for all. */
    readonly facilities: string | null;
    readonly created_by: string;
    readonly created_at: number;
    readonly expires_at: number | null;
    readonly used_at: number | null;
  };
  /** Failed attempts to sign in, where several processes count them. */
  readonly attempt: { readonly kind: AttemptKind; readonly key: string; readonly failures: number; readonly last: number };
  /** Counts up with each change that other processes must hear of. */
  readonly revision: { readonly name: RevisionName; readonly number: number };
  readonly account_setting: {
    readonly account_id: string;
    readonly name: string;
    readonly revision: number;
    readonly document: string;
    readonly changed_at: number;
  };
  readonly hospital_setting: {
    readonly name: string;
    readonly revision: number;
    readonly document: string;
    readonly changed_at: number;
    /** Name of who changed it last. */
    readonly changed_by: string;
  };
  readonly setup_link: { readonly hash: string; readonly expires_at: number | null };
  readonly audit: {
    readonly id: Generated<number>;
    readonly at: number;
    readonly action: string;
    readonly outcome: string;
    readonly subject_kind: string | null;
    readonly subject_id: string | null;
    readonly subject_name: string | null;
    readonly address: string | null;
    readonly facility: string | null;
    readonly study: string | null;
    readonly detail: string | null;
  };
}

export const db: Kysely<AccessTables> = queryBuilder<AccessTables>();
