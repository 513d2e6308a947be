/** A certificate's SHA-256 as people copy it, with colons or without, in the form it is compared in; undefined for anything else. */
export function canonicalFingerprint(text: string): string | undefined {
  const digits = text.replace(/[:\s]/g, '').toUpperCase();
  return /^[0-9A-F]{64}$/.test(digits) ? digits : undefined;
}
