import type { Vr } from '../vr.ts';

/** Eight upper-case hexadecimal digits, group then element: `00100010`. PS3.18 F.2.2. */
export type TagKey = string;

/** The three component groups of a person's name. PS3.5 6.2.1, PS3.18 F.2.2. */
export interface PersonNameJson {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

/** A value in the DICOM JSON model; `null` is an empty value among others. PS3.18 F.2.5. */
export type JsonValue = string | number | null | PersonNameJson | DataSet;

/**
 * One attribute in the DICOM JSON model. At most one of `Value`, `InlineBinary` (base64) and `BulkDataURI` is there; none
 * means an empty attribute. PS3.18 F.2.2.
 */
export interface Attribute {
  readonly vr: Vr;
  readonly Value?: readonly JsonValue[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/**
 * A data set as Filmless holds it everywhere: the DICOM JSON model, keys in ascending order, every text already Unicode
 * (NFC). Bytes are read into it and written from it; the bytes of a stored object are never remade from it.
 */
export interface DataSet {
  readonly [tag: TagKey]: Attribute;
}

/** A data set under construction. */
export type MutableDataSet = Record<TagKey, Attribute>;
