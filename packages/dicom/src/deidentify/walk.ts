import { itemsOf } from '../dataset/accessors.ts';
import type { Attribute, DataSet, JsonValue, MutableDataSet, TagKey } from '../dataset/model.ts';
import { isPrivateCreator, isPrivateTag } from '../dictionary/dictionary.ts';
import { trimUid } from '../uid.ts';
import type { Vr } from '../vr.ts';
import type { Decider, Decision } from './decide.ts';
import { dummy, dummyItem } from './dummy.ts';
import type { KnownTexts, Strictness } from './known-texts.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { SafePrivate } from './safe-private.ts';
import { shiftDate, shiftDateTime } from './shift-date.ts';

/** Frames of reference, palettes and other instances that the standard itself publishes. PS3.6 table A-2. */
const WELL_KNOWN = /^1\.2\.840\.10008\.1\./;
const TEXT_VRS: ReadonlySet<Vr> = new Set<Vr>(['AE', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UT']);
/** Text that a person may have written. */
const FREE_VRS: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT']);
/** Values of a code: they come out of a list, not out of a head. */
const CODE_TAGS: ReadonlySet<TagKey> = new Set(['00080100', '00080102', '00080103', '00080104', '00080119']);
const PATIENT_ID: TagKey = '00100020';
const PATIENT_NAME: TagKey = '00100010';

export interface WalkOptions {
  readonly decider: Decider;
  readonly known: KnownTexts;
  readonly pseudonyms: Pseudonyms;
  /** Undefined: no private element stays. */
  readonly safePrivate: SafePrivate | undefined;
  /** In the place of Patient ID and Patient's Name. */
  readonly patient: string;
}

interface Around {
  readonly nested: boolean;
  /** In an item of a sequence that is cleaned. */
  readonly cleaned: boolean;
}

/** Why an attribute stays: an option says so, or the table does not name it. */
type Reason = 'option' | 'unlisted';

/** Goes through a data set and its items; recursion is safe, for what was read is bounded in depth. */
export class Walk {
  readonly #options: WalkOptions;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  dataSet(given: DataSet, around: Around = { nested: false, cleaned: false }): DataSet {
    const safe = this.#options.safePrivate?.tagsIn(given);
    const result: MutableDataSet = {};
    for (const [tag, attribute] of Object.entries(given)) {
      const made = isPrivateTag(tag)
        ? safe?.has(tag) === true
          ? this.#kept(tag, attribute, { nested: around.nested, cleaned: true }, given, 'unlisted')
          : undefined
        : this.#attribute(tag, attribute, around, given);
      if (made !== undefined) {
        result[tag] = made;
      }
    }
    return result;
  }

  #attribute(tag: TagKey, attribute: Attribute, around: Around, given: DataSet): Attribute | undefined {
    const { vr } = attribute;
    if (tag === PATIENT_ID || tag === PATIENT_NAME) {
      const { patient } = this.#options;
      return { vr, Value: [vr === 'PN' ? { Alphabetic: patient } : patient] };
    }
    const decision = this.#options.decider.decide(tag, vr, around.nested, around.cleaned);
    switch (decision.action) {
      case 'K':
        return this.#kept(tag, attribute, around, given, decision.isListed ? 'option' : 'unlisted');
      case 'C':
        return this.#cleaned(tag, attribute, decision, around);
      case 'U':
        return this.#otherUids(attribute);
      case 'R':
        return vr === 'SQ' ? this.#sequence(attribute, around) : undefined;
      default:
        return this.#basic(tag, attribute, decision.action, around);
    }
  }

  #basic(tag: TagKey, attribute: Attribute, action: 'X' | 'Z' | 'D', around: Around): Attribute | undefined {
    const { vr } = attribute;
    if (action === 'X') {
      return undefined;
    }
    if (action === 'Z') {
      return { vr };
    }
    if (vr === 'UI') {
      return this.#otherUids(attribute);
    }
    if (vr !== 'SQ') {
      return dummy(tag, vr);
    }
    const item = dummyItem(tag);
    return item === undefined ? this.#sequence(attribute, around) : { vr, Value: [item] };
  }

  #sequence(attribute: Attribute, around: Around): Attribute {
    const Value = itemsOf(attribute).map((item) => this.dataSet(item, { ...around, nested: true }));
    return Value.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value };
  }

  #otherUids({ vr, Value }: Attribute): Attribute | undefined {
    if (vr !== 'UI') {
      return undefined;
    }
    const { pseudonyms } = this.#options;
    const other = (value: JsonValue) => {
      const uid = typeof value === 'string' ? trimUid(value) : '';
      return uid === '' ? null : WELL_KNOWN.test(uid) ? uid : pseudonyms.uid(uid);
    };
    return Value === undefined ? { vr } : { vr, Value: Value.map(other) };
  }

  /** What stays is looked through all the same: a name may stand where none should. */
  #kept(tag: TagKey, attribute: Attribute, around: Around, given: DataSet, reason: Reason): Attribute | undefined {
    const { vr } = attribute;
    const { known } = this.#options;
    if (vr === 'SQ') {
      return this.#sequence(attribute, around);
    }
    if (attribute.InlineBinary !== undefined) {
      return (vr === 'OB' || vr === 'UN') && known.isWithin(atob(attribute.InlineBinary)) ? undefined : attribute;
    }
    if (isPrivateTag(tag)) {
      return this.#keptPrivate(tag, attribute);
    }
    if (reason === 'option') {
      return TEXT_VRS.has(vr) ? (this.#texts(attribute, (text) => known.clean(text, 'kept')) ?? { vr }) : attribute;
    }
    if (vr === 'CS' || vr === 'AE') {
      return this.#texts(attribute, (text) => (known.isOne(text) ? '' : text)) ?? { vr };
    }
    if (!TEXT_VRS.has(vr) || (CODE_TAGS.has(tag) && isPublishedCode(given))) {
      return attribute;
    }
    const strictness = FREE_VRS.has(vr) || around.cleaned ? 'free' : 'technical';
    return this.#texts(attribute, (text) => known.clean(text, strictness)) ?? { vr };
  }

  #keptPrivate(tag: TagKey, attribute: Attribute): Attribute | undefined {
    const { vr } = attribute;
    if (isPrivateCreator(tag)) {
      return attribute;
    }
    if (vr === 'UI') {
      return this.#otherUids(attribute);
    }
    if (vr === 'PN' || vr === 'DA' || vr === 'DT' || vr === 'UR') {
      return undefined;
    }
    return TEXT_VRS.has(vr) ? this.#texts(attribute, (text) => this.#options.known.clean(text, 'free')) : attribute;
  }

  #cleaned(tag: TagKey, attribute: Attribute, decision: Decision, around: Around): Attribute | undefined {
    const { vr } = attribute;
    if (vr === 'SQ') {
      return this.#sequence(attribute, { ...around, cleaned: true });
    }
    const made = decision.moves ? this.#moved(attribute) : this.#cleanedText(attribute);
    return made ?? this.#basic(tag, attribute, decision.basic, around);
  }

  #cleanedText(attribute: Attribute): Attribute | undefined {
    const { vr, Value } = attribute;
    if (!TEXT_VRS.has(vr)) {
      return undefined;
    }
    const strictness: Strictness = vr === 'AE' || vr === 'CS' ? 'technical' : 'free';
    return Value === undefined ? { vr } : this.#texts(attribute, (text) => this.#options.known.clean(text, strictness));
  }

  /** Dates a number of days earlier; times of day and the offset of the time zone say nothing without them. */
  #moved(attribute: Attribute): Attribute | undefined {
    const { vr, Value } = attribute;
    if (Value === undefined || vr === 'TM' || vr === 'SH') {
      return Value === undefined ? { vr } : attribute;
    }
    if (vr !== 'DA' && vr !== 'DT') {
      return undefined;
    }
    const { days } = this.#options.pseudonyms;
    const move = vr === 'DA' ? shiftDate : shiftDateTime;
    const moved = Value.map((value) => (value === null ? null : move(String(value), days)));
    return moved.some((value) => value === undefined) ? undefined : { vr, Value: moved.filter((value) => value !== undefined) };
  }

  /** Undefined when no text is left. */
  #texts(attribute: Attribute, change: (text: string) => string): Attribute | undefined {
    const { vr, Value } = attribute;
    if (Value === undefined) {
      return attribute;
    }
    const changed = Value.map((value) => (typeof value === 'string' ? change(value) : value));
    const isEmpty = changed.every((value) => value === '' || value === null);
    return isEmpty ? undefined : { vr, Value: changed.map((value) => (value === '' ? null : value)) };
  }
}

/** A code whose scheme is not the hospital's own. PS3.3 8.2. */
function isPublishedCode(item: DataSet): boolean {
  const [scheme] = item['00080102']?.Value ?? [];
  return typeof scheme === 'string' && !/^(?:99|L$)/.test(scheme);
}
