import { CODED_SETS, type CodedSet, decodeAs, REPLACEMENT } from './coded-sets.ts';

/** Characters and their codes. */
export type ReverseTable = ReadonlyMap<string, readonly number[]>;

type Code = readonly number[];
type Decoded = readonly [code: Code, character: string];

const PRIVATE_USE = /^[\ue000-\uf8ff]$/;

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function* pairs(first: readonly number[], second: readonly number[]): Iterable<Code> {
  for (const lead of first) {
    for (const trail of second) {
      yield [lead, trail];
    }
  }
}

/**
 * Decoded codes, turned around. A character with several codes keeps the first, but one that is no compatibility form: KS X 1001
 * has some ideographs several times, which are the same in NFC.
 */
function reversed(decoded: readonly Decoded[]): ReverseTable {
  const table = new Map<string, Code>();
  const usable = decoded.filter(([, character]) => [...character].length === 1 && !PRIVATE_USE.test(character));
  for (const [code, character] of usable) {
    if (character !== REPLACEMENT && !table.has(character) && character.normalize('NFC') === character) {
      table.set(character, code);
    }
  }
  for (const [code, character] of usable) {
    const composed = character.normalize('NFC');
    if (composed !== REPLACEMENT && [...composed].length === 1 && !table.has(composed)) {
      table.set(composed, code);
    }
  }
  return table;
}

/** A row of a 94 by 94 set, and its first and last cells that are filled, pair by pair. */
type Row = readonly [row: number, ...cells: readonly number[]];

/** GB 2312-80 as far as its rows are not full; what the decoder knows beside it is GBK's. */
const GB2312_ROWS: readonly Row[] = [
  [2, 17, 66, 69, 78, 81, 92],
  [4, 1, 83],
  [5, 1, 86],
  [6, 1, 24, 33, 56],
  [7, 1, 33, 49, 81],
  [8, 1, 26, 37, 73],
  [9, 4, 79],
  [55, 1, 89],
];

function inGb2312(row: number, cell: number): boolean {
  const [, ...cells] = GB2312_ROWS.find(([given]) => given === row) ?? [row, 1, 94];
  const filled = cells.some((from, at) => at % 2 === 0 && cell >= from && cell <= (cells[at + 1] ?? 0));
  return filled && (row <= 9 || (row >= 16 && row <= 87));
}

/** Whether a set of DICOM has a code; decoders know more than the standard's version of the set, and others do not read that. */
const HAS: Readonly<Record<string, (lead: number, trail: number) => boolean>> = {
  // ISO-IR 126 is ELOT 928 of 1986, without euro, drachma and ypogegrammeni.
  126: (code) => code !== 0xa4 && code !== 0xa5 && code !== 0xaa,
  // ISO-IR 138 has no direction marks.
  138: (code) => code < 0xfd,
  // TIS 620 has no no-break space.
  166: (code) => code > 0xa0,
  // JIS X 0208: without the rows that makers added, 13 and 89 and beyond.
  87: (lead) => lead - 0x20 <= 8 || (lead - 0x20 >= 16 && lead - 0x20 <= 84),
  // JIS X 0212: without the rows that makers added behind it, and without its tilde, which is the one of ASCII.
  159: (lead, trail) => lead - 0x20 <= 77 && !(lead === 0x22 && trail === 0x37),
  58: (lead, trail) => inGb2312(lead - 0xa0, trail - 0xa0),
};

/** Characters that others give a code which the decoder here reads as a neighbour: wave dash and full-width tilde, minus signs. */
const ALSO: Readonly<Record<string, readonly Decoded[]>> = {
  87: [
    [[0x21, 0x31], '\u203e'],
    [[0x21, 0x3d], '\u2014'],
    [[0x21, 0x3d], '\u2015'],
    [[0x21, 0x41], '\u301c'],
    [[0x21, 0x42], '\u2016'],
    [[0x21, 0x5d], '\u2212'],
    [[0x21, 0x6f], '\u00a5'],
    [[0x21, 0x71], '\u00a2'],
    [[0x21, 0x72], '\u00a3'],
    [[0x22, 0x4c], '\u00ac'],
  ],
  149: [[[0xa1, 0xad], '\u301c']],
  58: [
    [[0xa1, 0xa4], '\u30fb'],
    [[0xa1, 0xaa], '\u2015'],
  ],
};

function setTable(set: CodedSet): ReverseTable {
  const number = Object.entries(CODED_SETS).find(([, known]) => known === set)?.[0] ?? '';
  const has = HAS[number] ?? (() => true);
  const codes = set.g1 ? range(0xa1, 0xfe) : range(0x21, 0x7e);
  const single = set.g1 ? range(0xa0, 0xff) : [];
  const all: readonly Code[] = set.width === 2 ? [...pairs(codes, codes)] : single.map((code) => [code]);
  const known = all.filter(([lead = 0, trail = 0]) => has(lead, trail));
  return reversed([...known.map((code): Decoded => [code, set.decode(Uint8Array.from(code))]), ...(ALSO[number] ?? [])]);
}

/** The four-byte codes of GB 18030 in the Basic Multilingual Plane: 39,420 in a row. */
function* fourByteCodes(): Iterable<Code> {
  for (let index = 0; index < 39_420; index += 1) {
    const [a, b, c, d] = [Math.floor(index / 12_600), Math.floor(index / 1260) % 10, Math.floor(index / 10) % 126, index % 10];
    yield [0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d];
  }
}

function* wholeCodes(label: string): Iterable<Code> {
  // 0x80 is a euro sign to the decoder, and nothing to GBK and GB 18030.
  if (!label.startsWith('gb')) {
    yield* range(0x80, 0xff).map((code) => [code]);
  }
  if (!label.startsWith('windows') && label !== 'koi8-r') {
    yield* pairs(range(0x81, 0xfe), range(0x40, 0xfe));
  }
  if (label === 'gb18030') {
    yield* fourByteCodes();
  }
}

const LINE_FEED = 0x0a;

/** What came to the two-byte codes after the version of GBK and GB 18030 that readers know: GB 18030 has other codes for it. */
const LATER: Readonly<Record<string, RegExp>> = {
  gbk: /[ǹḿ€\u2e80-\u2fff\u303e\u3400-\u4dbf\u9fb4-\u9fbb\ufe10-\ufe19]/,
  gb18030: /[\u9fb4-\u9fbb\ufe10-\ufe19]/,
};

/** All at once, a line each: tens of thousands of calls would hold the process for a tenth of a second. */
function wholeTable(label: string): ReverseTable {
  const codes = [...wholeCodes(label)];
  const lines = decodeAs(label, Uint8Array.from(codes.flatMap((code) => [...code, LINE_FEED]))).split('\n');
  const decoded = codes.map((code, index): Decoded => [code, lines[index] ?? '']);
  const later = LATER[label];
  return reversed(
    later === undefined ? decoded : decoded.filter(([code, character]) => code.length > 2 || !later.test(character)),
  );
}

/** Tables are made when first needed: most data sets need none. */
const tables = new Map<CodedSet | string, ReverseTable>();

/** The codes of a set, or of a whole encoding by TextDecoder's label. */
export function tableOf(key: CodedSet | string): ReverseTable {
  let table = tables.get(key);
  if (table === undefined) {
    table = typeof key === 'string' ? wholeTable(key) : setTable(key);
    tables.set(key, table);
  }
  return table;
}

/** GB 18030 beyond the Basic Multilingual Plane: in a row from 0x90308130. */
export function supplementaryGb18030(character: string): readonly number[] | undefined {
  const index = (character.codePointAt(0) ?? 0) - 0x10000;
  return index < 0
    ? undefined
    : [
        0x90 + Math.floor(index / 12_600),
        0x30 + (Math.floor(index / 1260) % 10),
        0x81 + (Math.floor(index / 10) % 126),
        0x30 + (index % 10),
      ];
}
