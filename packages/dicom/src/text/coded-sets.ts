/**
 * The character repertoires of DICOM as sets of codes that can be put into G0 (7-bit codes) or G1 (8-bit codes) of ISO 2022.
 * The tables are those of TextDecoder, which Node and browsers carry. PS3.3 C.12.1.1.2, PS3.5 6.1.
 */
export interface CodedSet {
  /** Bytes a character. */
  readonly width: 1 | 2;
  /** What follows ESC to designate it. PS3.3 table C.12-3, C.12-4. */
  readonly escape: string;
  /** Codes are 8-bit: designated into G1. */
  readonly g1: boolean;
  decode(bytes: Uint8Array): string;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** Decoders are costly to make and hold no state between calls. */
export function decodeAs(label: string, bytes: Uint8Array): string {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label);
    decoders.set(label, decoder);
  }
  return decoder.decode(bytes);
}

function labelled(label: string, final: string, width: 1 | 2 = 1): CodedSet {
  return { width, escape: final, g1: true, decode: (bytes) => decodeAs(label, bytes) };
}

function withHighBits(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte | 0x80);
}

/** EUC-JP marks a character of JIS X 0212 by 0x8F. */
function jisX0212(bytes: Uint8Array): string {
  const pairs = Math.floor(bytes.byteLength / 2);
  const euc = new Uint8Array(pairs * 3);
  for (let pair = 0; pair < pairs; pair += 1) {
    euc.set([0x8f, (bytes[2 * pair] ?? 0) | 0x80, (bytes[2 * pair + 1] ?? 0) | 0x80], pair * 3);
  }
  return decodeAs('euc-jp', euc);
}

/** Half-width katakana: 0xA1 to 0xDF are U+FF61 to U+FF9F. */
function katakana(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte > 0xa0 && byte < 0xe0 ? String.fromCharCode(0xff61 + byte - 0xa1) : '\ufffd')).join(
    '',
  );
}

// NOTE: TextDecoder takes iso-8859-1 for windows-1252, -9 for -1254 and TIS 620 for -874: the same from 0xA0 on.
export const CODED_SETS: Readonly<Record<string, CodedSet>> = {
  6: { width: 1, escape: '(B', g1: false, decode: (bytes) => decodeAs('windows-1252', bytes) },
  14: { width: 1, escape: '(J', g1: false, decode: (bytes) => decodeAs('windows-1252', bytes) },
  13: { width: 1, escape: ')I', g1: true, decode: katakana },
  100: labelled('windows-1252', '-A'),
  101: labelled('iso-8859-2', '-B'),
  109: labelled('iso-8859-3', '-C'),
  110: labelled('iso-8859-4', '-D'),
  144: labelled('iso-8859-5', '-L'),
  127: labelled('iso-8859-6', '-G'),
  126: labelled('iso-8859-7', '-F'),
  138: labelled('iso-8859-8', '-H'),
  148: labelled('windows-1254', '-M'),
  203: labelled('iso-8859-15', '-b'),
  166: labelled('windows-874', '-T'),
  149: labelled('euc-kr', '$)C', 2),
  58: labelled('gbk', '$)A', 2),
  87: { width: 2, escape: '$B', g1: false, decode: (bytes) => decodeAs('euc-jp', withHighBits(bytes)) },
  159: { width: 2, escape: '$(D', g1: false, decode: jisX0212 },
};

const BY_ESCAPE: ReadonlyMap<string, CodedSet> = new Map([
  ...Object.values(CODED_SETS).map((set): [string, CodedSet] => [set.escape, set]),
  // JIS C 6226-1978, the forerunner of IR 87.
  ...Object.entries(CODED_SETS)
    .filter(([id]) => id === '87')
    .map(([, set]): [string, CodedSet] => ['$@', set]),
]);

/** The set an escape sequence at `position` (after ESC) designates, and how many bytes name it. */
export function designated(bytes: Uint8Array, position: number): { set: CodedSet; length: number } | undefined {
  for (const length of [2, 3]) {
    const set = BY_ESCAPE.get(String.fromCharCode(...bytes.subarray(position, position + length)));
    if (set !== undefined) {
      return { set, length };
    }
  }
  return undefined;
}
