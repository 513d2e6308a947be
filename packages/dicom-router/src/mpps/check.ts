import {
  type Attribute,
  type DataSet,
  firstText,
  isUid,
  itemsOf,
  lookupTag,
  normaliseDate,
  TAG,
  type TagKey,
  texts,
} from '@filmless/dicom';
import type { StatusName } from '../dimse/status.ts';
import type { Requirement } from './requirements.ts';
import { PERFORMED_STATUS } from './sop-class.ts';

/** What is wrong with a data set: the status that says it, and the attribute at fault. PS3.7 10.1.5.1.4, 10.1.3.1.9. */
export interface Fault {
  readonly status: Extract<StatusName, 'missingAttribute' | 'missingAttributeValue' | 'invalidAttributeValue'>;
  readonly tag: TagKey;
}

/** The first fault against the requirements; undefined when there is none. */
export function faultIn(dataSet: DataSet, requirements: readonly Requirement[]): Fault | undefined {
  for (const requirement of requirements) {
    const fault = faultOf(dataSet[requirement.tag], requirement);
    if (fault !== undefined) {
      return fault;
    }
  }
  return undefined;
}

function faultOf(attribute: Attribute | undefined, { tag, type, items = [] }: Requirement): Fault | undefined {
  if (attribute === undefined) {
    return type === 1 ? { status: 'missingAttribute', tag } : undefined;
  }
  const isSequence = lookupTag(tag)?.vr === 'SQ';
  if (isSequence !== (attribute.vr === 'SQ') || attribute.InlineBinary !== undefined) {
    return isEmpty(attribute) ? emptyFault(type, tag) : { status: 'invalidAttributeValue', tag };
  }
  if (isEmpty(attribute)) {
    return emptyFault(type, tag);
  }
  if (isSequence) {
    return itemsOf(attribute)
      .map((item) => faultIn(item, items))
      .find((fault) => fault !== undefined);
  }
  return isValid(tag, texts({ [tag]: attribute }, tag)) ? undefined : { status: 'invalidAttributeValue', tag };
}

function emptyFault(type: 1 | 2, tag: TagKey): Fault | undefined {
  return type === 1 ? { status: 'missingAttributeValue', tag } : undefined;
}

function isEmpty({ vr, Value, InlineBinary, BulkDataURI }: Attribute): boolean {
  if (InlineBinary !== undefined || BulkDataURI !== undefined) {
    return false;
  }
  return vr === 'SQ' ? (Value ?? []).length === 0 : (Value ?? []).every((value) => value === null || value === '');
}

const STATES: ReadonlySet<string> = new Set(Object.values(PERFORMED_STATUS));

function isValid(tag: TagKey, values: readonly string[]): boolean {
  const vr = lookupTag(tag)?.vr;
  if (vr === 'UI') {
    return values.every(isUid);
  }
  if (vr === 'DA' || vr === 'TM') {
    return values.every((value) => normaliseDate(vr, value) !== undefined);
  }
  return tag !== TAG.PerformedProcedureStepStatus || values.every((value) => STATES.has(value.trim()));
}

/** The status a data set gives a step, as it is compared. */
export function statusOf(dataSet: DataSet): string | undefined {
  return firstText(dataSet, TAG.PerformedProcedureStepStatus)?.trim();
}

/** The same data set with what machines leave out of type 2, empty. */
export function completed(dataSet: DataSet, requirements: readonly Requirement[]): DataSet {
  const missing = requirements.filter(({ tag, type }) => type === 2 && dataSet[tag] === undefined);
  const empty = missing.map(({ tag }) => [tag, { vr: lookupTag(tag)?.vr ?? 'UN' }] as const);
  return { ...dataSet, ...Object.fromEntries(empty) };
}
