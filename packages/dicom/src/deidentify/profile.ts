import type { DeidentificationOption } from './options.ts';

/** Private elements that a hospital knows to be safe. PS3.15 E.3.10. */
export interface SafePrivateBlock {
  /** Private Creator, as it stands in the object. */
  readonly creator: string;
  /** Four hexadecimal digits, odd. */
  readonly group: string;
  /** The last two hexadecimal digits of each element; without them the whole block. */
  readonly elements?: readonly string[] | undefined;
}

/** Pixels that hold what identifies a patient: x, y, width, height; from the upper left, which is 0, 0. */
export type PixelArea = readonly [x: number, y: number, width: number, height: number];

/** Which images a rule of areas is for; texts compared folded, `*` and `?` as in matching. Every key must fit. */
export interface PixelRuleCondition {
  readonly modality?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly sopClassUid?: string | undefined;
  readonly rows?: number | undefined;
  readonly columns?: number | undefined;
}

/** Says of some images where something is burned in. No areas: somebody looked, and nothing is. */
export interface PixelRule {
  readonly when: PixelRuleCondition;
  readonly areas: readonly PixelArea[];
  /** What the areas hide; text unless told. */
  readonly hides?: 'text' | 'face' | undefined;
}

/** What goes out although it cannot be made safe, because somebody answers for it. */
export const ACCEPTED_RISKS = ['burnedIn', 'document', 'audio', 'video', 'faces'] as const;

export type AcceptedRisk = (typeof ACCEPTED_RISKS)[number];

/** How objects are de-identified: the Basic Application Level Confidentiality Profile with these options. PS3.15 E.2, E.3. */
export interface DeidentificationProfile {
  readonly options: readonly DeidentificationOption[];
  /** Further private elements that `retainSafePrivate` keeps. */
  readonly keepPrivate?: readonly SafePrivateBlock[] | undefined;
  /** With `retainModifiedDates`: dates of a patient move by one number of days, at most this, towards the past. */
  readonly shiftDays?: number | undefined;
  /** Stands before the pseudonym in Patient ID and Patient's Name. */
  readonly pseudonymPrefix?: string | undefined;
  readonly regions?: readonly PixelRule[] | undefined;
  readonly accept?: readonly AcceptedRisk[] | undefined;
}
