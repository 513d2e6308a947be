import type { TagKey } from '../dataset/model.ts';
import { lookupTag } from '../dictionary/dictionary.ts';
import type { Vr } from '../vr.ts';
import { type Action, actionOf, confidentialityRow, lettersOf } from './action.ts';
import type { DeidentificationProfile } from './profile.ts';

/** UIDs that name no instance: SOP classes, transfer syntaxes, coding schemes, their groups and makers. */
const NAMES_OF_KINDS: ReadonlySet<TagKey> = new Set([
  '00041432',
  '00041510',
  '00041512',
  '0004151A',
  '00080016',
  '0008001A',
  '0008001B',
  '00080062',
  '0008010C',
  '0008010D',
  '00080117',
  '00080118',
  '0008040E',
  '00081150',
  '0008115A',
  '00083002',
  '00340003',
  '04000010',
  '30100052',
  '30100053',
]);
/** Coding Scheme URL, URN Code Value. */
const NAMES_OF_CODES: ReadonlySet<TagKey> = new Set(['0008010E', '00080120']);

/** What is to be done with an attribute. */
export interface Decision {
  readonly action: Action;
  /** What is done where cleaning leaves nothing, or cannot be done. */
  readonly basic: 'X' | 'Z' | 'D';
  /** Cleaning means moving a date. */
  readonly moves: boolean;
  /** The table names it. */
  readonly isListed?: boolean;
}

const KEEP: Decision = { action: 'K', basic: 'X', moves: false };
const REMOVE: Decision = { action: 'X', basic: 'X', moves: false };
const EMPTY: Decision = { action: 'Z', basic: 'Z', moves: false };

/** Holds the table of attributes against the options of a profile. */
export class Decider {
  readonly #letters: string;
  readonly #keepsDates: boolean;
  readonly #movesDates: boolean;
  readonly #keepsUids: boolean;
  readonly #cleansText: boolean;
  readonly #passesDocuments: boolean;

  constructor({ options, accept = [] }: DeidentificationProfile) {
    const chosen = new Set(options);
    this.#letters = lettersOf(chosen);
    this.#keepsDates = chosen.has('retainFullDates');
    this.#movesDates = chosen.has('retainModifiedDates');
    this.#keepsUids = chosen.has('retainUids');
    this.#cleansText = chosen.has('cleanDescriptors');
    this.#passesDocuments = accept.includes('document');
  }

  /** @param nested in an item; @param cleaned in an item of a sequence that is cleaned */
  decide(tag: TagKey, vr: Vr, nested: boolean, cleaned: boolean): Decision {
    const known = lookupTag(tag);
    if (known === undefined || tag.endsWith('0000') || tag < '00040000' || (nested && tag.startsWith('7FE0'))) {
      return REMOVE;
    }
    // Letters may be drawn in an overlay; without it the rest of its plane says nothing.
    if (/^60[0-9A-F][02468ACE]/.test(tag)) {
      return REMOVE;
    }
    if (tag === '00420011' && this.#passesDocuments) {
      return KEEP;
    }
    const row = confidentialityRow(tag);
    if (row === undefined) {
      return this.#unlisted(tag, vr, cleaned);
    }
    const action = actionOf(row, this.#letters);
    const basic = row.basic === 'U' || row.basic === 'R' ? 'X' : row.basic;
    return { action, basic, moves: this.#movesDates && row.letters.includes('m'), isListed: true };
  }

  /** The table names what the standard's authors thought of. What else could identify goes by its VR. */
  #unlisted(tag: TagKey, vr: Vr, cleaned: boolean): Decision {
    switch (vr) {
      case 'PN':
        return EMPTY;
      case 'DA':
      case 'DT':
      case 'TM':
        return this.#keepsDates ? KEEP : this.#movesDates ? { action: 'C', basic: 'Z', moves: true } : EMPTY;
      case 'UI':
        return this.#keepsUids || NAMES_OF_KINDS.has(tag) ? KEEP : { action: 'U', basic: 'X', moves: false };
      case 'UR':
        return NAMES_OF_CODES.has(tag) ? KEEP : REMOVE;
      case 'UN':
        return REMOVE;
      case 'LT':
      case 'ST':
      case 'UT':
        return { action: cleaned || this.#cleansText ? 'C' : 'D', basic: 'D', moves: false };
      default:
        return KEEP;
    }
  }
}
