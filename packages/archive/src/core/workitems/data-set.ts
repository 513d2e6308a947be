import {
  type Attribute,
  type DataSet,
  firstText,
  items,
  itemsOf,
  lookupTag,
  type MutableDataSet,
  normaliseDate,
  TAG,
  type TagKey,
} from '@filmless/dicom';
import { ArchiveError } from '../errors.ts';
import { FINAL, REQUIREMENTS, TERMS, UPS, WITHIN } from './attributes.ts';
import { UPS_PUSH, type WorkitemState } from './model.ts';

/** A new Workitem as it is kept, and whether something of it is not as it was sent. */
export interface Completed {
  readonly attributes: DataSet;
  readonly modified: boolean;
}

/**
 * Checks a new Workitem, and puts in what the server gives and what was left out though it may be empty. PS3.4 CC.2.5.3.
 * @throws ArchiveError `invalid-request` naming the attribute
 */
export function completeNew(
  sent: DataSet,
  facts: { readonly uid: string; readonly worklist: string; readonly at: string },
): Completed {
  const given = withoutName(sent);
  checkShape(given);
  if (firstText(given, TAG.TransactionUID) !== undefined) {
    throw invalid(TAG.TransactionUID, 'must be empty: who claims the Workitem chooses it');
  }
  const state = firstText(given, UPS.ProcedureStepState);
  if (state !== undefined && state !== 'SCHEDULED') {
    throw invalid(UPS.ProcedureStepState, 'must be SCHEDULED in a new Workitem');
  }
  const whole: MutableDataSet = { ...given };
  delete whole[TAG.TransactionUID];
  let modified = false;
  for (const { tag, create } of REQUIREMENTS) {
    if (create === '1' && !hasValue(given[tag])) {
      throw invalid(tag, 'needs a value');
    }
    if (create === '0' && hasValue(given[tag])) {
      throw invalid(tag, 'must be empty in a new Workitem');
    }
    if (create !== '3' && given[tag] === undefined) {
      whole[tag] = { vr: vrOf(tag) };
      modified = true;
    }
  }
  checkValues(whole);
  if (!hasValue(whole[UPS.WorklistLabel])) {
    whole[UPS.WorklistLabel] = { vr: 'LO', Value: [facts.worklist] };
  }
  whole[TAG.SOPClassUID] = { vr: 'UI', Value: [UPS_PUSH] };
  whole[TAG.SOPInstanceUID] = { vr: 'UI', Value: [facts.uid] };
  return { attributes: stamped(whole, facts.at), modified };
}

/** UID that a new Workitem names for itself. PS3.18 11.4.1.1. */
export function nameOf(sent: DataSet): string | undefined {
  return firstText(sent, TAG.AffectedSOPInstanceUID) ?? firstText(sent, TAG.SOPInstanceUID);
}

function withoutName(sent: DataSet): DataSet {
  const { [TAG.AffectedSOPInstanceUID]: _, ...given } = sent;
  return given;
}

/**
 * A Workitem with what an update gives: each attribute whole. PS3.4 CC.2.6.
 * @throws ArchiveError `invalid-request` naming the attribute
 */
export function updated(kept: DataSet, sent: DataSet, at: string): DataSet {
  checkShape(sent);
  const { [TAG.TransactionUID]: _, ...given } = sent;
  for (const { tag, set } of REQUIREMENTS) {
    const attribute = given[tag];
    if (attribute === undefined || JSON.stringify(attribute) === JSON.stringify(kept[tag])) {
      continue;
    }
    if (set === '-') {
      throw invalid(tag, 'cannot be changed');
    }
    if (set === '1' && !hasValue(attribute)) {
      throw invalid(tag, 'needs a value');
    }
  }
  const whole = { ...kept, ...given };
  checkValues(whole);
  return stamped(whole, at);
}

/** The same with another state. */
export function inState(kept: DataSet, state: WorkitemState): DataSet {
  return ordered({ ...kept, [UPS.ProcedureStepState]: { vr: 'CS', Value: [state] } });
}

/** Keywords of what a Workitem lacks to end so; none when it may. PS3.4 CC.2.1.3. */
export function missingFor(state: 'COMPLETED' | 'CANCELED', kept: DataSet): readonly string[] {
  const { sequence, values, there } = FINAL[state];
  const within: readonly DataSet[] = items(kept, sequence);
  if (within.length === 0) {
    return [keywordOf(sequence)];
  }
  const lacks = (item: DataSet): readonly TagKey[] => [
    ...values.filter((tag) => !hasValue(item[tag])),
    ...there.filter((tag) => item[tag] === undefined),
  ];
  return [...new Set(within.flatMap(lacks))].map((tag) => `${keywordOf(sequence)}.${keywordOf(tag)}`);
}

/**
 * A Workitem that nobody had begun, as the server cancels it: with the time, and the reason that was given or that there was none. PS3.4 CC.2.2.3.
 */
export function canceled(kept: DataSet, request: DataSet, at: string): DataSet {
  const codes = request[UPS.ProcedureStepDiscontinuationReasonCodeSequence];
  const reason = request[UPS.ReasonForCancellation];
  const item: DataSet = {
    [UPS.ProcedureStepCancellationDateTime]: { vr: 'DT', Value: [dateTimeOf(at)] },
    [UPS.ProcedureStepDiscontinuationReasonCodeSequence]:
      codes !== undefined && hasValue(codes) ? codes : { vr: 'SQ', Value: [UNSPECIFIED] },
    ...(reason !== undefined && hasValue(reason) ? { [UPS.ReasonForCancellation]: reason } : {}),
  };
  const progress = { ...items(kept, UPS.ProcedureStepProgressInformationSequence)[0], ...item };
  const whole = { ...kept, [UPS.ProcedureStepProgressInformationSequence]: { vr: 'SQ', Value: [ordered(progress)] } } as const;
  return stamped(whole, at);
}

/** PS3.16 CID 9300. */
const UNSPECIFIED: DataSet = {
  '00080100': { vr: 'SH', Value: ['110513'] },
  '00080102': { vr: 'SH', Value: ['DCM'] },
  '00080104': { vr: 'LO', Value: ['Discontinued for unspecified reason'] },
};

/** When it is to begin, in the form that times are compared in; what has an offset in UTC. */
export function startOf(attributes: DataSet): string {
  return normaliseDate('DT', firstText(attributes, UPS.ScheduledProcedureStepStartDateTime) ?? '') ?? '';
}

export function hasValue(attribute: Attribute | undefined): boolean {
  return attribute !== undefined && ((attribute.Value ?? []).length > 0 || attribute.InlineBinary !== undefined);
}

function keywordOf(tag: TagKey): string {
  return lookupTag(tag)?.keyword ?? tag;
}

function vrOf(tag: TagKey): Attribute['vr'] {
  return lookupTag(tag)?.vr ?? 'UN';
}

function invalid(tag: TagKey, what: string): ArchiveError {
  return new ArchiveError('invalid-request', `${keywordOf(tag)} (${tag}) ${what}.`);
}

/** A Workitem is one data set, with everything in it, of attributes that are no command's. */
function checkShape(dataSet: DataSet): void {
  for (const [tag, attribute] of Object.entries(dataSet)) {
    const known = lookupTag(tag);
    if (tag < '00080000') {
      throw invalid(tag, 'does not belong into a Workitem');
    }
    if (known !== undefined && !known.vrs.includes(attribute.vr) && attribute.vr !== 'UN') {
      throw invalid(tag, `has the value representation ${attribute.vr}, not ${known.vr}`);
    }
    if (attribute.BulkDataURI !== undefined) {
      throw invalid(tag, 'must stand in the data set itself, not be referred to');
    }
    for (const item of itemsOf(attribute)) {
      checkShape(item);
    }
  }
}

function checkValues(dataSet: DataSet): void {
  for (const [tag, terms] of Object.entries(TERMS)) {
    if (!terms.includes(firstText(dataSet, tag) ?? '')) {
      throw invalid(tag, `must be one of ${terms.join(', ')}`);
    }
  }
  if (startOf(dataSet) === '') {
    throw invalid(UPS.ScheduledProcedureStepStartDateTime, 'is no date and time');
  }
  for (const [sequence, tag] of WITHIN) {
    if (items(dataSet, sequence).some((item) => !hasValue(item[tag]))) {
      throw invalid(sequence, `needs ${keywordOf(tag)} in each item`);
    }
  }
}

function stamped(attributes: DataSet, at: string): DataSet {
  return ordered({
    ...attributes,
    [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
    [UPS.ScheduledProcedureStepModificationDateTime]: { vr: 'DT', Value: [dateTimeOf(at)] },
  });
}

/** `20260301080000.000000+0000`. PS3.5 6.2. */
function dateTimeOf(iso: string): string {
  const digits = iso.replace(/[-:TZ]/g, '');
  return `${digits.slice(0, 14)}.${digits.slice(15).padEnd(6, '0').slice(0, 6)}+0000`;
}

export function ordered(attributes: DataSet): DataSet {
  return Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
