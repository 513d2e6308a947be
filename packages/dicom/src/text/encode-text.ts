import type { Vr } from '../vr.ts';

const encoder = new TextEncoder();

/** Text as bytes; undefined when the character sets cannot hold it. */
export function encodeText(text: string, terms: readonly string[], _vr: Vr): Uint8Array | undefined {
  return terms.includes('ISO_IR 192') || /^[\0-\x7f]*$/.test(text) ? encoder.encode(text) : undefined;
}
