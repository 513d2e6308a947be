import { COMMAND } from '../dimse/command-field.ts';
import type { Answer } from '../dimse/provider.ts';
import { describeStatus, STATUS, type StatusName } from '../dimse/status.ts';
import type { Cause, Finding } from '../finding.ts';

const SERVICES: Readonly<Record<number, string>> = {
  [COMMAND.cStoreRq]: 'C-STORE',
  [COMMAND.cFindRq]: 'C-FIND',
  [COMMAND.cMoveRq]: 'C-MOVE',
  [COMMAND.cGetRq]: 'C-GET',
  [COMMAND.cEchoRq]: 'C-ECHO',
  [COMMAND.nCreateRq]: 'N-CREATE',
  [COMMAND.nSetRq]: 'N-SET',
  [COMMAND.nGetRq]: 'N-GET',
  [COMMAND.nActionRq]: 'N-ACTION',
  [COMMAND.nEventReportRq]: 'N-EVENT-REPORT',
};

const CAUSES: Partial<Readonly<Record<StatusName, Cause>>> = {
  notAuthorized: 'not-authorized',
  moveDestinationUnknown: 'move-destination-unknown',
  processingFailure: 'fault-here',
};

/** What people call an operation. */
export function serviceName(commandField: number): string {
  return SERVICES[commandField] ?? 'DIMSE';
}

/** Why an operation of a peer was refused; its comment only where it names nothing of an object. */
export function operationFinding(commandField: number, answer: Answer): Finding {
  const facts = { service: serviceName(commandField), status: describeStatus(STATUS[answer.status]) };
  const { finding } = answer;
  return finding === undefined
    ? { cause: CAUSES[answer.status] ?? causeOf(commandField), facts }
    : { cause: finding.cause, facts: { ...facts, ...finding.facts } };
}

function causeOf(commandField: number): Cause {
  switch (commandField) {
    case COMMAND.cStoreRq:
      return 'object-broken';
    case COMMAND.cFindRq:
      return 'query-refused';
    default:
      return 'operation-refused';
  }
}
