import { type DataSet, firstNumber, firstText, isUid, items, TAG } from '@filmless/dicom';
import type { CommitmentReport } from '../records/commitment-requests.ts';
import type { CommittedInstance } from '../records/commitments.ts';
import { FAILURE } from './sop-class.ts';

/** What is wrong with an argument of an N-ACTION or N-EVENT-REPORT, in words for the peer. */
export interface Invalid {
  readonly invalid: string;
}

/** Action Information of a request. PS3.4 table J.3-1. */
export interface RequestedCommitment {
  readonly transactionUid: string;
  readonly instances: readonly CommittedInstance[];
}

/** An instance that is refused, with the Failure Reason. */
export interface RefusedInstance extends CommittedInstance {
  readonly failure: number;
}

/** Reads the Action Information; an instance that is named twice counts once. PS3.4 table J.3-1. */
export function parseRequest(dataSet: DataSet, limit: number): RequestedCommitment | Invalid {
  const transactionUid = firstText(dataSet, TAG.TransactionUID) ?? '';
  if (!isUid(transactionUid)) {
    return { invalid: 'Transaction UID is missing or not a UID' };
  }
  const listed = items(dataSet, TAG.ReferencedSOPSequence);
  if (listed.length === 0) {
    return { invalid: 'Referenced SOP Sequence names no instance' };
  }
  if (listed.length > limit) {
    return { invalid: `more than ${limit} instances: ask for them in several requests` };
  }
  const instances = new Map<string, CommittedInstance>();
  for (const [index, item] of listed.entries()) {
    const instance = instanceOf(item);
    if (instance === undefined) {
      return { invalid: `item ${index + 1} of Referenced SOP Sequence lacks a valid UID` };
    }
    instances.set(`${instance.sopInstanceUid} ${instance.sopClassUid}`, instance);
  }
  return { transactionUid, instances: [...instances.values()] };
}

function instanceOf(item: DataSet): CommittedInstance | undefined {
  const sopClassUid = firstText(item, TAG.ReferencedSOPClassUID) ?? '';
  const sopInstanceUid = firstText(item, TAG.ReferencedSOPInstanceUID) ?? '';
  return isUid(sopClassUid) && isUid(sopInstanceUid) ? { sopClassUid, sopInstanceUid } : undefined;
}

/** Action Information of a request of ours. */
export function requestDataSet({ transactionUid, instances }: RequestedCommitment): DataSet {
  return {
    [TAG.TransactionUID]: { vr: 'UI', Value: [transactionUid] },
    [TAG.ReferencedSOPSequence]: { vr: 'SQ', Value: instances.map(reference) },
  };
}

/** Event Information of a report; a sequence without items is left out. PS3.4 table J.3-2. */
export function reportDataSet(
  transactionUid: string,
  retrieveAe: string,
  committed: readonly CommittedInstance[],
  refused: readonly RefusedInstance[],
): DataSet {
  const failed = refused.map((instance) => ({
    ...reference(instance),
    [TAG.FailureReason]: { vr: 'US' as const, Value: [instance.failure] },
  }));
  return {
    [TAG.TransactionUID]: { vr: 'UI', Value: [transactionUid] },
    ...(committed.length === 0
      ? {}
      : {
          [TAG.RetrieveAETitle]: { vr: 'AE', Value: [retrieveAe] },
          [TAG.ReferencedSOPSequence]: { vr: 'SQ', Value: committed.map(reference) },
        }),
    ...(failed.length === 0 ? {} : { [TAG.FailedSOPSequence]: { vr: 'SQ', Value: failed } }),
  };
}

function reference({ sopClassUid, sopInstanceUid }: CommittedInstance): DataSet {
  return {
    [TAG.ReferencedSOPClassUID]: { vr: 'UI', Value: [sopClassUid] },
    [TAG.ReferencedSOPInstanceUID]: { vr: 'UI', Value: [sopInstanceUid] },
  };
}

/** Reads the Event Information of a report. */
export function parseReport(dataSet: DataSet): CommitmentReport | Invalid {
  const transactionUid = firstText(dataSet, TAG.TransactionUID) ?? '';
  if (!isUid(transactionUid)) {
    return { invalid: 'Transaction UID is missing or not a UID' };
  }
  const uidOf = (item: DataSet) => firstText(item, TAG.ReferencedSOPInstanceUID) ?? '';
  return {
    transactionUid,
    committed: items(dataSet, TAG.ReferencedSOPSequence).map(uidOf),
    failed: items(dataSet, TAG.FailedSOPSequence).map((item) => ({
      sopInstanceUid: uidOf(item),
      reason: firstNumber(item, TAG.FailureReason) ?? FAILURE.processingFailure,
    })),
  };
}
