import { type DataSet, DicomError, isUid, lookupTag, newUid, TAG } from '@filmless/dicom';
import type { AeDirectory } from '../aes/ae-directory.ts';
import { onBehalfOf } from '../aes/on-behalf.ts';
import { COMMAND } from '../dimse/command-field.ts';
import type { Answer, Service, ServiceRequest } from '../dimse/provider.ts';
import { readOperation } from '../dimse/read-operation.ts';
import { RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import { encodeAnswer, inPlainLetters } from '../query/answer.ts';
import type { ArchiveFetch } from '../router.ts';
import { completed, type Fault, faultIn, statusOf } from './check.ts';
import { FINAL_STEP, PerformedSteps, UNKNOWN_STEP } from './performed-steps.ts';
import { AT_CREATION, IN_A_CHANGE, UNCHANGEABLE, WHEN_COMPLETED, WHEN_DISCONTINUED } from './requirements.ts';
import { isFinal, MPPS_RETRIEVE_SOP_CLASS, MPPS_SOP_CLASS, PERFORMED_STATUS } from './sop-class.ts';
import { tagKey, tagNumber } from './tag-number.ts';

export interface MppsContext {
  readonly archiveFetch: ArchiveFetch;
  readonly aes: Pick<AeDirectory, 'rights'>;
  readonly limits: RouterLimits;
}

/** N-CREATE and N-SET of performed procedure steps, and N-GET of what became of them. PS3.4 F.7, F.8. */
export function mppsServices(context: MppsContext): readonly Service[] {
  const service = (
    commandField: number,
    sopClass: string,
    perform: (request: ServiceRequest, steps: PerformedSteps, context: MppsContext) => Promise<Answer>,
  ): Service => ({
    commandField,
    supports: (abstractSyntax) => abstractSyntax === sopClass,
    handle: (request) => guarded(context, request, perform),
  });
  return [
    service(COMMAND.nCreateRq, MPPS_SOP_CLASS, create),
    service(COMMAND.nSetRq, MPPS_SOP_CLASS, modify),
    service(COMMAND.nGetRq, MPPS_RETRIEVE_SOP_CLASS, retrieve),
  ];
}

async function guarded(
  context: MppsContext,
  request: ServiceRequest,
  perform: (request: ServiceRequest, steps: PerformedSteps, context: MppsContext) => Promise<Answer>,
): Promise<Answer> {
  const { peer, cancelled, dialogue } = request;
  const { listed, may } = context.aes.rights(peer.callingAe);
  if (!listed || !may.includes('store')) {
    return { status: 'notAuthorized', comment: `${peer.callingAe} is not listed here as one that may store` };
  }
  try {
    return await perform(request, new PerformedSteps(context.archiveFetch, onBehalfOf(context.aes, peer), cancelled), context);
  } catch (error) {
    const problem = dialogue.over ? undefined : problemOfDataSet(error);
    if (problem === undefined) {
      throw error;
    }
    return { status: 'processingFailure', comment: problem };
  }
}

/** What of a data set keeps an operation from being done; undefined for what has another cause. */
function problemOfDataSet(error: unknown): string | undefined {
  if (error instanceof DicomError) {
    return `the data set cannot be read: ${error.message}`;
  }
  return error instanceof RouterError && error.code === 'invalid-request' ? error.message : undefined;
}

async function create(request: ServiceRequest, steps: PerformedSteps, context: MppsContext): Promise<Answer> {
  // Who leaves the UID out is given one. PS3.7 10.1.5.1.3.
  const uid = request.command.AffectedSOPInstanceUID ?? newUid();
  if (!isUid(uid)) {
    return { status: 'invalidObjectInstance', comment: 'Affected SOP Instance UID is not a UID' };
  }
  const given = await readStep(request, context);
  const fault = faultIn(given, AT_CREATION);
  if (fault !== undefined) {
    return faulty(fault);
  }
  if (statusOf(given) !== PERFORMED_STATUS.inProgress) {
    return faulty({ status: 'invalidAttributeValue', tag: TAG.PerformedProcedureStepStatus });
  }
  const refusal = await steps.create(uid, completed(given, AT_CREATION));
  return refusal ?? { status: 'success', elements: { AffectedSOPInstanceUID: uid } };
}

async function modify(request: ServiceRequest, steps: PerformedSteps, context: MppsContext): Promise<Answer> {
  const uid = request.command.RequestedSOPInstanceUID ?? '';
  if (!isUid(uid)) {
    return { status: 'invalidObjectInstance', comment: 'Requested SOP Instance UID is missing or not a UID' };
  }
  const given = await readStep(request, context);
  const there = await steps.find(uid);
  if (there === undefined) {
    return UNKNOWN_STEP;
  }
  if (isFinal(statusOf(there))) {
    return FINAL_STEP;
  }
  const changes = Object.fromEntries(Object.entries(given).filter(([tag]) => !UNCHANGEABLE.has(tag)));
  const fault = faultIn(changes, IN_A_CHANGE) ?? finalFault({ ...there, ...changes });
  return fault === undefined ? ((await steps.modify(uid, changes)) ?? { status: 'success' }) : faulty(fault);
}

/** What keeps a step from the state that it is set to. */
function finalFault(step: DataSet): Fault | undefined {
  switch (statusOf(step)) {
    case PERFORMED_STATUS.inProgress:
      return undefined;
    case PERFORMED_STATUS.completed:
      return faultIn(step, WHEN_COMPLETED);
    case PERFORMED_STATUS.discontinued:
      return faultIn(step, WHEN_DISCONTINUED);
    default:
      return { status: 'invalidAttributeValue', tag: TAG.PerformedProcedureStepStatus };
  }
}

async function retrieve(request: ServiceRequest, steps: PerformedSteps, { aes }: MppsContext): Promise<Answer> {
  const { RequestedSOPInstanceUID: uid = '', AttributeIdentifierList: wanted = [] } = request.command;
  const there = isUid(uid) ? await steps.find(uid) : undefined;
  if (there === undefined) {
    return UNKNOWN_STEP;
  }
  const tags = new Set(wanted.map(tagKey));
  const asked = Object.fromEntries(Object.entries(there).filter(([tag]) => tags.size === 0 || tags.has(tag)));
  const { asciiNames = false } = aes.rights(request.peer.callingAe).settings;
  const dataSet = encodeAnswer(asciiNames ? inPlainLetters(asked) : asked, request.context);
  return { status: 'success', dataSet };
}

/** @throws RouterError `invalid-request`, `too-long` */
function readStep(request: ServiceRequest, { aes, limits }: MppsContext): Promise<DataSet> {
  const { charsetIn } = aes.rights(request.peer.callingAe).settings;
  return readOperation(request, { named: 'the data set', maxBytes: limits.performedStepBytes, charsetIn });
}

/** NOTE: names the attribute, never its value: the comment is logged. */
function faulty({ status, tag }: Fault): Answer {
  const name = `${lookupTag(tag)?.name ?? 'attribute'} (${tag.slice(0, 4)},${tag.slice(4)})`;
  const what = { missingAttribute: 'missing', missingAttributeValue: 'empty', invalidAttributeValue: 'invalid value' }[status];
  return { status, comment: `${what}: ${name}`, elements: { AttributeIdentifierList: [tagNumber(tag)] } };
}
