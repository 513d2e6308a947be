import type { TagKey } from '../dataset/model.ts';
import type { Vr } from '../vr.ts';

/** How a key matches. PS3.4 C.2.2.2. */
export type Match =
  /** Zero-length key, or nothing but `*`: everything matches, also an empty or absent attribute. PS3.4 C.2.2.2.3. */
  | { readonly kind: 'universal' }
  /** PS3.4 C.2.2.2.1; for PN folded (case- and accent-blind), for IS, DS and binary numbers by number. */
  | { readonly kind: 'single'; readonly value: string }
  /** `*` is any run of characters, `?` one character. PS3.4 C.2.2.2.4. */
  | { readonly kind: 'wildcard'; readonly pattern: string }
  /** List of UID matching, PS3.4 C.2.2.2.2, and Multiple Value matching, C.2.2.2.8: one of the values matches. */
  | { readonly kind: 'list'; readonly values: readonly Match[] }
  /** DA, TM or DT, both ends included, as `parseDateRange` gives them. PS3.4 C.2.2.2.5. */
  | { readonly kind: 'range'; readonly from?: string; readonly to?: string }
  /**
   * A date (DA) and the time (TM, at `time` beside it) as one moment, both ends included, `YYYYMMDDHHMMSS.FFFFFF`; a date without
   * a time matches when its day does. Combined Datetime Matching, PS3.4 C.2.2.2.5.
   */
  | { readonly kind: 'moment'; readonly time: TagKey; readonly from?: string; readonly to?: string }
  /** `""` as value: only an empty or absent attribute matches. PS3.4 C.2.2.2.7. */
  | { readonly kind: 'empty' }
  /** PN with fuzzy matching: each word, folded, is the prefix of a word of the name, in any order. PS3.18 8.3.4.2. */
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** One attribute that a result must match. Keys that go through the same sequence must match within one item. */
export interface MatchKey {
  /** Tag, or sequence tags and then the tag: `['00400275', '00400009']`. */
  readonly path: readonly [TagKey, ...TagKey[]];
  readonly vr: Vr;
  readonly match: Match;
}
