import type { Vr } from '../vr.ts';

/** TAB, LF, FF, CR: after them the first term's sets are in use again. PS3.5 6.1.2.5.3. */
const CONTROL_DELIMITERS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d]);
const BACKSLASH = 0x5c;
const CARET = 0x5e;
const EQUALS = 0x3d;
const ONE_VALUE_VRS: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT']);

/** Whether a byte of a 7-bit single-byte set ends the reach of escapes. */
export function isDelimiter(byte: number, vr: Vr): boolean {
  if (CONTROL_DELIMITERS.has(byte)) {
    return true;
  }
  if (byte === BACKSLASH) {
    return !ONE_VALUE_VRS.has(vr);
  }
  return vr === 'PN' && (byte === CARET || byte === EQUALS);
}
