import { CODED_SETS, type CodedSet } from './coded-sets.ts';

/**
 * What a data set's terms come to. `whole`: one encoding for every byte, by TextDecoder's label. `extended`: ISO 2022, with the
 * sets in use before any escape.
 */
export type Repertoire =
  | { readonly kind: 'whole'; readonly label: string }
  | {
      readonly kind: 'extended';
      /** Terms as set numbers, the first first; empty where none is known. */
      readonly sets: readonly CodedSet[];
      /** The first term's; ASCII where it is empty or unknown. What is written begins and ends with it. */
      readonly initial: CodedSet | undefined;
      /** In G1 at the beginning and after each delimiter, for a reader. */
      readonly g1: CodedSet | undefined;
      /** No term says what bytes above 0x7F are. */
      readonly unlabelled: boolean;
      /** UTF-8 under this label is told apart safely. */
      readonly mayBeUtf8: boolean;
      /** What a value without any escape is decoded as, where that reads more than the sets alone. */
      readonly unescaped: string | undefined;
    };

/** Terms that mean one encoding for the whole value, as they are written and miswritten. PS3.3 table C.12-5. */
const WHOLE: Readonly<Record<string, string>> = {
  ISOIR192: 'utf-8',
  IR192: 'utf-8',
  UTF8: 'utf-8',
  UNICODE: 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  GB2312: 'gbk',
  SHIFTJIS: 'shift_jis',
  SJIS: 'shift_jis',
  EUCKR: 'euc-kr',
  EUCJP: 'euc-jp',
  BIG5: 'big5',
  KOI8R: 'koi8-r',
  TCVN3: 'tcvn3',
  TCVN5712: 'tcvn3',
  VNI: 'vni',
};

const LATIN_NUMBERS: Readonly<Record<string, string>> = {
  1: '100',
  2: '101',
  3: '109',
  4: '110',
  5: '144',
  6: '127',
  7: '126',
  8: '138',
  9: '148',
  15: '203',
};

/** Sets whose text is hardly ever valid UTF-8 by chance. Katakana and Thai are, in short words. */
const TOLD_FROM_UTF8: ReadonlySet<string> = new Set(['6', '100', '101', '109', '110', '144', '127', '126', '138', '148', '203']);

function squeezed(term: string): string {
  return term.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** The set number a term names: `ISO_IR 100`, `ISO 2022 IR 100`, and misspelt `ISO-IR 100`, `ISO_IR_100`, `iso8859-1`, `Latin1`. */
function setNumber(term: string): string | undefined {
  const name = squeezed(term);
  const number = /^(?:ISO)?(?:2022)?(?:IR)?(\d{1,3})$/.exec(name)?.[1];
  if (number !== undefined && CODED_SETS[number] !== undefined) {
    return number;
  }
  const latin = /^(?:ISO8859|LATIN)(\d{1,2})$/.exec(name)?.[1];
  return latin === undefined ? undefined : LATIN_NUMBERS[latin];
}

function wholeLabel(term: string): string | undefined {
  const name = squeezed(term);
  const windows = /^(?:WINDOWS|CP|WIN)(125[0-8]|874)$/.exec(name)?.[1];
  return WHOLE[name] ?? (windows === undefined ? undefined : `windows-${windows}`);
}

/** Whether a term names a character set that is known, as (0008,0005) or a setting may name it. */
export function isCharacterSetTerm(term: string): boolean {
  return wholeLabel(term) !== undefined || setNumber(term) !== undefined;
}

export function repertoire(terms: readonly string[]): Repertoire {
  const [first = ''] = terms;
  const label = wholeLabel(first);
  if (label !== undefined) {
    return { kind: 'whole', label };
  }
  const numbers = terms.map(setNumber).filter((number) => number !== undefined);
  const sets = numbers.flatMap((number) => CODED_SETS[number] ?? []);
  const firstNumber = setNumber(first) ?? '6';
  const initial = CODED_SETS[firstNumber];
  // Only the first term is in use from the start; a single-byte one beside it tells at least what stray bytes may be.
  const g1 = initial?.g1 === true ? initial : sets.find((set) => set.g1);
  return {
    kind: 'extended',
    sets,
    initial,
    g1,
    unlabelled: g1 === undefined,
    mayBeUtf8: TOLD_FROM_UTF8.has(firstNumber) && sets.every((set) => set.width === 1),
    // Shift-JIS holds half-width katakana at the same codes, and machines that say ISO_IR 13 write it.
    unescaped: firstNumber === '13' ? 'shift_jis' : undefined,
  };
}
