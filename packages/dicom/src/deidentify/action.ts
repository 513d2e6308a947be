import type { TagKey } from '../dataset/model.ts';
import { CONFIDENTIALITY } from './confidentiality.gen.ts';
import type { DeidentificationOption } from './options.ts';

/**
 * What becomes of an attribute: `X` removed, `Z` emptied, `D` replaced by a dummy, `U` by another UID, `K` kept (the items of a sequence
 * are looked at each), `C` cleaned, `R` items looked at each so that their UIDs are replaced. PS3.15 table E.1-1a.
 */
export type Action = 'X' | 'Z' | 'D' | 'U' | 'K' | 'C' | 'R';

/** A line of table E.1-1. */
export interface ConfidentialityRow {
  readonly basic: Exclude<Action, 'K' | 'C'>;
  /** Letters of the options that keep it (capitals) or clean it. */
  readonly letters: string;
}

const LETTER_OF: Partial<Record<DeidentificationOption, string>> = {
  retainUids: 'u',
  retainDeviceIdentity: 'v',
  retainInstitutionIdentity: 'i',
  retainPatientCharacteristics: 'c',
  retainFullDates: 'f',
  retainModifiedDates: 'm',
  cleanDescriptors: 'd',
  cleanStructuredContent: 's',
  cleanGraphics: 'g',
};

/**
 * Compound actions let the Type of the attribute in its IOD decide. Without asking for it, the one of them that conforms whatever the
 * Type: an empty value where Type 1 is not among them, else a dummy, which no Type forbids.
 */
const BASIC: Readonly<Record<string, ConfidentialityRow['basic']>> = {
  X: 'X',
  Z: 'Z',
  D: 'D',
  U: 'U',
  'X/Z': 'Z',
  'X/D': 'D',
  'Z/D': 'D',
  'X/Z/D': 'D',
  'X/Z/U': 'R',
};

function parse(): ReadonlyMap<string, ConfidentialityRow> {
  const rows = CONFIDENTIALITY.split('\n').map((line): [string, ConfidentialityRow] => {
    const [tag = '', action = '', letters = ''] = line.split(' ');
    return [tag, { basic: BASIC[action] ?? 'X', letters }];
  });
  return new Map(rows);
}

let parsed: ReadonlyMap<string, ConfidentialityRow> | undefined;

/** The line of an attribute; of a repeating group that of the mask. Undefined for one that the table does not name. */
export function confidentialityRow(tag: TagKey): ConfidentialityRow | undefined {
  parsed ??= parse();
  const exact = parsed.get(tag);
  if (exact !== undefined) {
    return exact;
  }
  if (/^50[0-9A-F][02468ACE]/.test(tag)) {
    return parsed.get('50xxxxxx');
  }
  return /^60[0-9A-F][02468ACE]/.test(tag) ? parsed.get(`60xx${tag.slice(4)}`) : undefined;
}

/** The letters of the chosen options, as they stand in the rows. */
export function lettersOf(options: Iterable<DeidentificationOption>): string {
  return Array.from(options, (option) => LETTER_OF[option] ?? '').join('');
}

/** The action of a row under the chosen options. Of one that keeps and one that cleans, cleaning is the safer. PS3.15 E.1.1. */
export function actionOf(row: ConfidentialityRow, letters: string): Action {
  const chosen = Array.from(row.letters).filter((letter) => letters.includes(letter.toLowerCase()));
  if (chosen.some((letter) => letter === letter.toLowerCase())) {
    return 'C';
  }
  return chosen.length > 0 ? 'K' : row.basic;
}
