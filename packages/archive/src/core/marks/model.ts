/** Of what the document of a mark is made; a later one is for a later version. */
export const MARK_SCHEMA = 1;

/** Where a mark lies: on a frame of an image, or on a plane through a volume. */
type MarkPlace =
  | {
      readonly kind: 'image';
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      /** From 1. */
      readonly frame: number;
    }
  | { readonly kind: 'patient'; readonly seriesInstanceUid: string; readonly frameOfReferenceUid: string };

interface MarkPerson {
  readonly id: string;
  readonly name: string;
}

/** One measurement or annotation, as it is kept and given: our own form, of no library. */
export interface Mark {
  /** UUID, made where it was drawn. */
  readonly id: string;
  readonly schema: typeof MARK_SCHEMA;
  readonly studyInstanceUid: string;
  readonly place: MarkPlace;
  /** What it is drawn with. The server keeps what it does not know: a newer page may. */
  readonly tool: string;
  /** On an image [x, y] in pixels, (0, 0) in the middle of the first; in the patient [x, y, z] in mm. None of what was deleted. */
  readonly points: readonly (readonly number[])[];
  readonly text: string;
  readonly author: MarkPerson;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly modified: string;
  readonly modifiedBy: MarkPerson;
  /** From 1; each change counts it up. */
  readonly revision: number;
  /** A deleted mark stays as a tombstone, so that nobody who has not heard of it brings it back. */
  readonly deleted: boolean;
}

/** As it is sent: who draws is who asks. */
export type SentMark = Omit<Mark, 'author' | 'modifiedBy' | 'studyInstanceUid'>;

export interface MarkPage {
  readonly marks: readonly Mark[];
  /** Up to where this page goes; ask with it for what comes after. */
  readonly next: number;
  /** More is there already. */
  readonly more: boolean;
}
