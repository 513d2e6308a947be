import { DicomError } from './errors.ts';
import { withoutTrailingPadding } from './text/padding.ts';

declare const uidBrand: unique symbol;

/** A UID that was looked at: 1 to 64 characters of digits and dots. PS3.5 9.1. */
export type Uid = string & { readonly [uidBrand]: true };

const LENIENT = /^[0-9.]{1,64}$/;

/**
 * Takes what real machines write: digits and dots, at most 64, whatever their arrangement; padding (NUL, space) is cut.
 * Anything else could become a path or a query and is refused.
 * @throws DicomError `invalid-uid`
 */
export function parseUid(text: string): Uid {
  const uid = trimUid(text);
  if (!LENIENT.test(uid)) {
    throw new DicomError('invalid-uid', `not a UID (1 to 64 digits and dots): ${JSON.stringify(text.slice(0, 80))}`);
  }
  return uid as Uid;
}

export function isUid(text: string): text is Uid {
  return LENIENT.test(text);
}

/** Cuts the trailing NUL that pads a UI value to even length, and the spaces some machines write. PS3.5 6.2. */
export function trimUid(text: string): string {
  return withoutTrailingPadding(text).replace(/^ +/, '');
}

/** A new UID under 2.25 from 128 random bits. PS3.5 B.2. */
export function newUid(): Uid {
  const hex = crypto.randomUUID().replaceAll('-', '');
  return `2.25.${BigInt(`0x${hex}`)}` as Uid;
}
