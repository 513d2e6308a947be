import { type DataSet, TAG, texts } from '@filmless/dicom';
import { COMMAND } from '../dimse/command-field.ts';
import { decodeOperation, encodeOperation } from '../dimse/data-set.ts';
import type { Dialogue, DimseResponse, OperationCommand } from '../dimse/dialogue.ts';
import { contextFor } from '../dimse/user.ts';
import type { AcceptedContext } from '../ul/association.ts';
import type { ProposedContext, RoleSelection } from '../ul/pdu/model.ts';
import { isPending, MEDIUM_PRIORITY } from './operation.ts';

/** Information models of C-MOVE and C-GET. PS3.4 C.6.1.3, C.6.2.3. */
export const RETRIEVE_SOP_CLASS = {
  patientRootMove: '1.2.840.10008.5.1.4.1.2.1.2',
  studyRootMove: '1.2.840.10008.5.1.4.1.2.2.2',
  patientRootGet: '1.2.840.10008.5.1.4.1.2.1.3',
  studyRootGet: '1.2.840.10008.5.1.4.1.2.2.3',
} as const;

/** How far a retrieval is; what the peer leaves out is undefined. PS3.7 9.3.3.2, 9.3.4.2. */
export interface RetrieveProgress {
  readonly remaining: number | undefined;
  readonly completed: number | undefined;
  readonly failed: number | undefined;
  readonly warning: number | undefined;
}

export interface RetrieveResult extends RetrieveProgress {
  /** Success, a warning when some failed, or why all did: it is for the caller to judge. */
  readonly status: number;
  readonly comment?: string;
  /** Failed SOP Instance UID List. PS3.4 C.4.2.1.4.2, C.4.3.1.3.2. */
  readonly failedSopInstanceUids: readonly string[];
}

export interface RetrieveOptions {
  /** Told of each response before the last. */
  readonly progress?: (progress: RetrieveProgress) => void;
  /** Cancels: what the peer says then is the result. */
  readonly signal?: AbortSignal;
}

/**
 * Has the peer send what the identifier names to another application entity. PS3.4 C.4.2.
 * @throws RouterError `context-refused`; what ends an association
 */
export function move(
  dialogue: Dialogue,
  sopClassUid: string,
  identifier: DataSet,
  destination: string,
  options: RetrieveOptions = {},
): Promise<RetrieveResult> {
  const command = { CommandField: COMMAND.cMoveRq, MoveDestination: destination };
  return retrieve(dialogue, sopClassUid, identifier, command, options);
}

/**
 * Has the peer send what the identifier names on the same association: to the `storeService` that its dialogue was opened with, in
 * contexts of `getProposal`. PS3.4 C.4.3.
 * @throws RouterError `context-refused`; what ends an association
 */
export function get(
  dialogue: Dialogue,
  sopClassUid: string,
  identifier: DataSet,
  options: RetrieveOptions = {},
): Promise<RetrieveResult> {
  return retrieve(dialogue, sopClassUid, identifier, { CommandField: COMMAND.cGetRq }, options);
}

async function retrieve(
  dialogue: Dialogue,
  sopClassUid: string,
  identifier: DataSet,
  field: Pick<OperationCommand, 'CommandField' | 'MoveDestination'>,
  { progress, signal }: RetrieveOptions,
): Promise<RetrieveResult> {
  const context = contextFor(dialogue.association, sopClassUid);
  const command = { AffectedSOPClassUID: sopClassUid, Priority: MEDIUM_PRIORITY, ...field };
  let last: DimseResponse | undefined;
  for await (const response of dialogue.perform(context, command, encodeOperation(identifier, context))) {
    last = response;
    if (isPending(response.status)) {
      progress?.(progressOf(response));
      if (signal?.aborted === true) {
        break;
      }
    }
  }
  return resultOf(last, context);
}

const CANCELLED = 0xfe00;

function resultOf(last: DimseResponse | undefined, context: AcceptedContext): RetrieveResult {
  if (last === undefined || isPending(last.status)) {
    const counts = last === undefined ? NOTHING_TOLD : progressOf(last);
    return { ...counts, status: CANCELLED, failedSopInstanceUids: [] };
  }
  const told = last.dataSet === undefined ? {} : decodeOperation(last.dataSet, context);
  return {
    ...progressOf(last),
    status: last.status,
    ...(last.comment === undefined ? {} : { comment: last.comment }),
    failedSopInstanceUids: texts(told, TAG.FailedSOPInstanceUIDList),
  };
}

const NOTHING_TOLD: RetrieveProgress = { remaining: undefined, completed: undefined, failed: undefined, warning: undefined };

function progressOf({ command }: DimseResponse): RetrieveProgress {
  return {
    remaining: command.NumberOfRemainingSuboperations,
    completed: command.NumberOfCompletedSuboperations,
    failed: command.NumberOfFailedSuboperations,
    warning: command.NumberOfWarningSuboperations,
  };
}

/** What to open an association with for C-GET. */
export interface GetProposal {
  readonly contexts: readonly ProposedContext[];
  readonly roles: readonly RoleSelection[];
}

/** Odd numbers from 1 to 255. PS3.8 9.3.2.2. */
const MOST_CONTEXTS = 128;

/** The model in one context, and each class to be received in one more, as provider. PS3.7 D.3.3.4, PS3.4 C.5.3. */
export function getProposal(
  sopClassUid: string,
  received: readonly { readonly sopClassUid: string; readonly transferSyntaxes: readonly string[] }[],
  modelSyntaxes: readonly string[],
): GetProposal {
  const taken = received.slice(0, MOST_CONTEXTS - 1);
  const wanted = [{ sopClassUid, transferSyntaxes: modelSyntaxes }, ...taken];
  return {
    contexts: wanted.map((one, index) => ({
      id: 2 * index + 1,
      abstractSyntax: one.sopClassUid,
      transferSyntaxes: one.transferSyntaxes,
    })),
    roles: taken.map((one) => ({ sopClassUid: one.sopClassUid, scu: false, scp: true })),
  };
}
