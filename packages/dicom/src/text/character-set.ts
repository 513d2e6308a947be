import type { Vr } from '../vr.ts';

/** Turns the bytes of a text value into Unicode (NFC). */
export interface CharacterSet {
  decode(bytes: Uint8Array, vr: Vr): string;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

export function characterSet(_terms: readonly string[]): CharacterSet {
  return {
    decode: (bytes) => {
      try {
        return UTF8.decode(bytes).normalize('NFC');
      } catch {
        return new TextDecoder('windows-1252').decode(bytes).normalize('NFC');
      }
    },
  };
}
