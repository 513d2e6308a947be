/** What was agreed on beyond the baseline. */
export interface QueryOptions {
  /** Unique keys of the levels above may be left out, and keys of any level given. PS3.4 C.4.1.2.2, C.4.2.2.2, C.4.3.2.2. */
  readonly relational: boolean;
  /** A date and its time are one moment, in ranges too. PS3.4 C.2.2.2.5.1. */
  readonly combinedDateTime: boolean;
  /** Words of a person's name match by their beginnings, in any order. PS3.4 C.2.2.2.1.1. */
  readonly fuzzyNames: boolean;
}

/** What can be agreed to of C-FIND: relational, date-time matching, fuzzy names. PS3.4 table C.5-1. */
export const FIND_EXTENSIONS: readonly number[] = [1, 1, 1];
/** Of C-MOVE and C-GET: relational retrieval. PS3.4 tables C.5-3 and C.5-5. */
export const RETRIEVE_EXTENSIONS: readonly number[] = [1];

/** What the answer says; nothing beyond the baseline where nothing was negotiated. */
export function queryOptions(agreed: Uint8Array | undefined): QueryOptions {
  return { relational: agreed?.[0] === 1, combinedDateTime: agreed?.[1] === 1, fuzzyNames: agreed?.[2] === 1 };
}
