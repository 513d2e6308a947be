import { COMMAND } from '../dimse/command-field.ts';
import type { Answer, Service, ServiceRequest } from '../dimse/provider.ts';
import { readOperation } from '../dimse/read-operation.ts';
import { RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { CommitmentReport } from '../records/commitment-requests.ts';
import { type Invalid, parseReport } from './data-sets.ts';
import { EVENT, STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

export interface EventContext {
  readonly limits: RouterLimits;
  /** False for a transaction that is not one of ours with one of these titles. */
  readonly take: (report: CommitmentReport, aeTitles: readonly string[]) => Promise<boolean>;
}

/** N-EVENT-REPORT of storage commitment as SCU, on the association that was asked on or on one of the receiver's. PS3.4 J.3.3. */
export function eventService(context: EventContext): Service {
  return {
    commandField: COMMAND.nEventReportRq,
    supports: (abstractSyntax) => abstractSyntax === STORAGE_COMMITMENT_SOP_CLASS,
    handle: (request) => takeReport(context, request),
  };
}

async function takeReport(context: EventContext, request: ServiceRequest): Promise<Answer> {
  const { EventTypeID } = request.command;
  if (EventTypeID !== EVENT.complete && EventTypeID !== EVENT.failuresExist) {
    return { status: 'noSuchEventType', comment: 'storage commitment has event types 1 and 2 alone' };
  }
  const report = await readReport(context, request);
  if ('invalid' in report) {
    return { status: 'invalidArgumentValue', comment: report.invalid };
  }
  const { association } = request.dialogue;
  const other = association.role === 'acceptor' ? request.peer.callingAe : request.peer.calledAe;
  return (await context.take(report, [other]))
    ? { status: 'success', elements: { EventTypeID } }
    : { status: 'invalidArgumentValue', comment: 'the Transaction UID is none of those asked for here' };
}

async function readReport({ limits }: EventContext, request: ServiceRequest): Promise<CommitmentReport | Invalid> {
  const reading = { named: 'the data set', maxBytes: limits.commitmentBytes };
  try {
    return parseReport(await readOperation(request, reading));
  } catch (error) {
    if (error instanceof RouterError && error.code === 'invalid-request') {
      return { invalid: error.message };
    }
    throw error;
  }
}
