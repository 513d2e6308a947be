import {
  type Attribute,
  type DataSet,
  DicomError,
  itemsOf,
  lookupTag,
  type MatchKey,
  matchesRange,
  parseDateRange,
  parseMatchKey,
  TAG,
  type TagKey,
  texts,
  type Vr,
} from '@filmless/dicom';
import { RouterError } from '../errors.ts';

/** Keys of a worklist request, as they are matched. */
export interface WorklistKeys {
  readonly matches: readonly MatchKey[];
  /** Start date and time as one period, where both are ranges. PS3.4 table K.6-1, remark on Scheduled Step Start Date. */
  readonly period: { readonly from: string; readonly to: string } | undefined;
  /** A key with a value that no item has: it is not matched, and the peer is told. PS3.4 K.4.1.1.4. */
  readonly unsupported: boolean;
}

const STEP = TAG.ScheduledProcedureStepSequence;
/** Sequences within sequences that keys may go through. */
const MAX_DEPTH = 4;
const START_DATE = TAG.ScheduledProcedureStepStartDate;
const START_TIME = TAG.ScheduledProcedureStepStartTime;
/** They say how the rest is meant, or of whom it is sent. */
const NO_KEYS: ReadonlySet<TagKey> = new Set([TAG.SpecificCharacterSet, TAG.QueryRetrieveLevel]);

/**
 * Reads the keys of an identifier; `known` tells which attributes items have.
 * @throws RouterError `invalid-request` naming the attribute, in words for the peer: A900H
 */
export function parseKeys(identifier: DataSet, known: DataSet): WorklistKeys {
  const found: MatchKey[] = [];
  const state = { unsupported: false };
  collect(identifier, known, [], found, state);
  const period = periodOf(identifier);
  const matches = period === undefined ? found : found.filter((key) => !isStart(key));
  return { matches, period, unsupported: state.unsupported };
}

function collect(
  keys: DataSet,
  known: DataSet,
  path: readonly TagKey[],
  found: MatchKey[],
  state: { unsupported: boolean },
): void {
  for (const [tag, attribute] of Object.entries(keys)) {
    if (NO_KEYS.has(tag) || tag.endsWith('0000')) {
      continue;
    }
    const counterpart = known[tag];
    if (attribute.vr === 'SQ') {
      const [item, ...more] = itemsOf(attribute);
      if (more.length > 0 || path.length >= MAX_DEPTH) {
        throw new RouterError('invalid-request', `${nameOf(tag)} must have one item`);
      }
      if (item !== undefined) {
        collect(item, itemsOf(counterpart)[0] ?? {}, [...path, tag], found, state);
      }
    } else if (counterpart === undefined || counterpart.vr === 'SQ') {
      state.unsupported ||= !isUniversal(attribute);
    } else {
      found.push(keyOf([...path, tag], counterpart.vr, attribute));
    }
  }
}

function isUniversal(attribute: Attribute): boolean {
  const values = texts({ [ANY]: attribute }, ANY);
  return attribute.InlineBinary === undefined && values.every((value) => /^\**$/.test(value.trim()));
}

/** Any tag will do to look at one attribute with the accessors of a data set. */
const ANY: TagKey = '00000000';

function keyOf(path: readonly TagKey[], vr: Vr, attribute: Attribute): MatchKey {
  const [first = ANY, ...rest] = path;
  const tag = path.at(-1) ?? ANY;
  if (attribute.InlineBinary !== undefined) {
    throw new RouterError('invalid-request', `${nameOf(tag)} is written as ${attribute.vr}, not as ${vr}`);
  }
  const text = texts({ [ANY]: attribute }, ANY).join('\\');
  try {
    return parseMatchKey([first, ...rest], vr, text);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new RouterError('invalid-request', `${nameOf(tag)} cannot be matched: not a value of ${vr}`, { cause: error });
    }
    throw error;
  }
}

function nameOf(tag: TagKey): string {
  const name = lookupTag(tag)?.name ?? 'attribute';
  return `${name} (${tag.slice(0, 4)},${tag.slice(4)})`;
}

function isStart({ path }: MatchKey): boolean {
  return path[0] === STEP && (path[1] === START_DATE || path[1] === START_TIME);
}

/** Undefined unless the time is a range too: then each is matched alone. */
function periodOf(identifier: DataSet): WorklistKeys['period'] {
  const step = itemsOf(identifier[STEP])[0] ?? {};
  const date = texts(step, START_DATE).join('\\').trim();
  const time = texts(step, START_TIME).join('\\').trim();
  if (date === '' || !time.includes('-')) {
    return undefined;
  }
  const days = parseDateRange('DA', date);
  const hours = parseDateRange('TM', time);
  if (days === undefined || hours === undefined) {
    return undefined;
  }
  return {
    from: `${days.from ?? '00000101'}${hours.from ?? '000000.000000'}`,
    to: `${days.to ?? '99991231'}${hours.to ?? '235960.999999'}`,
  };
}

/** Whether a step begins within a period. */
export function beginsWithin(item: DataSet, period: NonNullable<WorklistKeys['period']>): boolean {
  const step = itemsOf(item[STEP])[0] ?? {};
  const [date = ''] = texts(step, START_DATE);
  const [time = ''] = texts(step, START_TIME);
  const { from, to } = period;
  return matchesRange('DT', date + time, { from, to });
}

/** The text of a key outside of, or within, the scheduled step; empty when it was not given. */
export function keyText(identifier: DataSet, tag: TagKey, where: 'item' | 'step' = 'item'): string {
  const from = where === 'item' ? identifier : (itemsOf(identifier[STEP])[0] ?? {});
  return texts(from, tag).join('\\').trim();
}
