import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFailure, FAILURE } from '../../src/commitment/sop-class.ts';
import { describeStatus, STATUS, type StatusName, statusClass } from '../../src/dimse/status.ts';
import { table } from './markdown.ts';

/** Statuses that one service answers with: when, and the sources in which it does. */
export interface ServiceStatuses {
  readonly service: string;
  /** Below `src`. */
  readonly sources: readonly string[];
  readonly when: Readonly<Partial<Record<StatusName, string>>>;
}

const REFUSED_IDENTIFIER = {
  outOfResources: 'the question needs more than the archive can give at once; the Error Comment says what to change',
  identifierDoesNotMatch: 'the identifier is wrong or cannot be read; the Error Comment names the key',
} as const;

const SUB_OPERATIONS = {
  success: 'every instance went out; also when nothing matched',
  pending: 'after an instance, with the counts',
  suboperationsWarning: 'some failed, or the receiver warned',
  unableToCalculateMatches: 'the archive could not say what there is',
  unableToPerformSuboperations: 'all failed; the Failed SOP Instance UID List names them',
  cancelled: 'a C-CANCEL was heard; the counts say what went out',
  notAuthorized: 'the peer may not retrieve',
  unableToProcess: 'it failed here; the log says why',
  ...REFUSED_IDENTIFIER,
} as const;

const SUB_OPERATION_SOURCES = ['retrieve/retrieve-context.ts', 'retrieve/sub-operations.ts', 'query/refusal.ts'];

export const SERVICE_STATUSES: readonly ServiceStatuses[] = [
  {
    service: 'any service',
    sources: ['dimse/answering.ts', 'dimse/association-dialogue.ts'],
    when: {
      unrecognizedOperation: 'the operation is not supported',
      sopClassNotSupported: 'the SOP class is not that of the presentation context, or the role was not agreed on',
      mistypedArgument: 'a data set is missing, or there where none may be',
      unableToProcess: 'a request of C-FIND, C-MOVE or C-GET without identifier',
      cancelled: 'the operation was cancelled before it began to answer',
      outOfResources: 'composite services: the product is being stopped, or the data set is longer than what is held',
      resourceLimitation:
        'normalized services: the product is being stopped, or the data set is longer than what is held; any: another operation is under way on the association',
      processingFailure: 'it failed here; the log says why',
    },
  },
  { service: 'C-ECHO', sources: ['dimse/echo.ts'], when: { success: 'always' } },
  {
    service: 'C-STORE',
    sources: ['receiving.ts', 'dimse/store.ts'],
    when: {
      success: 'the object is on stable storage, and its deliveries are queued',
      dataSetDoesNotMatchSopClass:
        'the command names another SOP class or instance than the data set; it is kept under what the data set says',
      outOfResources: 'disk or object store are full or away: the sender should try again',
      cannotUnderstand: 'the object cannot be read; the Error Comment says why',
      invalidObjectInstance: 'Affected SOP Instance UID is missing or no UID',
      notAuthorized: 'the peer may not store, or not into this study',
      processingFailure: 'it failed here; the log says why',
    },
  },
  {
    service: 'C-FIND, Query/Retrieve',
    sources: ['query/find.ts', 'query/refusal.ts'],
    when: {
      success: 'all matches were given',
      pending: 'a match, every key supported',
      pendingWarning: 'a match; a key is private, binary or of a lower level, and is not answered',
      cancelled: 'a C-CANCEL was heard',
      notAuthorized: 'the peer may not query',
      unableToProcess: 'it failed here; the log says why',
      ...REFUSED_IDENTIFIER,
    },
  },
  {
    service: 'C-MOVE',
    sources: ['retrieve/move.ts', ...SUB_OPERATION_SOURCES],
    when: {
      ...SUB_OPERATIONS,
      pending: 'after an instance, ten times a second at most, with the counts',
      moveDestinationUnknown: 'the destination is not listed, has no address, or may not have all of these studies',
    },
  },
  { service: 'C-GET', sources: ['retrieve/get.ts', ...SUB_OPERATION_SOURCES], when: SUB_OPERATIONS },
  {
    service: 'C-FIND, Modality Worklist',
    sources: ['worklist/worklist-service.ts', 'query/refusal.ts'],
    when: {
      success: 'all items were given',
      pending: 'an item, every key supported',
      pendingWarning: 'an item; a key with a value that no item has was not matched',
      cancelled: 'a C-CANCEL was heard',
      notAuthorized: 'the peer may not query',
      unableToProcess: 'it failed here; the log says why',
      ...REFUSED_IDENTIFIER,
    },
  },
  {
    service: 'N-CREATE, N-SET, N-GET of MPPS',
    sources: ['mpps/check.ts', 'mpps/mpps-service.ts', 'mpps/performed-steps.ts'],
    when: {
      success: 'the step is kept and its order follows, or here it is',
      invalidAttributeValue: 'a value is invalid; a new step is not IN PROGRESS',
      missingAttribute: 'an attribute of type 1 is not there',
      missingAttributeValue: 'an attribute of type 1 is empty',
      duplicateSopInstance: 'N-CREATE: there is a step of this UID',
      noSuchSopInstance: 'N-SET, N-GET: there is none',
      invalidObjectInstance: 'the SOP Instance UID is no UID',
      notAuthorized: 'the peer is not listed as one that may store, or the step is of another facility',
      processingFailure:
        'with Error ID A710H: the step is COMPLETED or DISCONTINUED and changes no more; without: the data set cannot be read, or the archive is away',
    },
  },
  {
    service: 'N-ACTION of Storage Commitment',
    sources: ['commitment/action-service.ts'],
    when: {
      success: 'the request is on stable storage; a report will follow',
      invalidArgumentValue: 'the request cannot be read, or names no instances',
      noSuchActionType: 'another Action Type ID than 1',
      noSuchSopInstance: 'another SOP instance than the well-known one',
      notAuthorized: 'the peer is not listed as one that may store',
      resourceLimitation: 'too many reports that nobody took are open',
    },
  },
  {
    service: 'N-EVENT-REPORT of Storage Commitment, to us as SCU',
    sources: ['commitment/event-service.ts'],
    when: {
      success: 'the report was taken',
      noSuchEventType: 'another Event Type ID than 1 and 2',
      invalidArgumentValue: 'the report cannot be read, or its Transaction UID is none of ours with this peer',
    },
  },
];

const SRC = join(import.meta.dirname, '../../src');

/** Statuses that the sources of a service name. */
export function statusesInSources({ sources }: Pick<ServiceStatuses, 'sources'>): readonly string[] {
  const text = sources.map((source) => readFileSync(join(SRC, source), 'utf8')).join('\n');
  return Object.keys(STATUS).filter((name) => text.includes(`'${name}'`));
}

export function statuses(): string {
  const rows = SERVICE_STATUSES.flatMap(({ service, when }) =>
    Object.entries(STATUS)
      .flatMap(([name, status]) => {
        const meaning = Object.entries(when).find(([known]) => known === name)?.[1];
        return meaning === undefined ? [] : [{ status, meaning }];
      })
      .toSorted((one, other) => one.status - other.status)
      .map(({ status, meaning }) => [service, statusClass(status), describeStatus(status), meaning]),
  );
  return table(['service', 'class', 'status', 'when'], rows);
}

const FAILED: Readonly<Record<keyof typeof FAILURE, string>> = {
  processingFailure: 'not given by the archive; taken from receivers',
  noSuchObjectInstance: 'the instance is not here, or not within the machine’s facility',
  classInstanceConflict: 'the instance is here as another SOP class',
  duplicateTransaction: 'the Transaction UID is in use for other instances',
};

export function failureReasons(): string {
  const rows = Object.entries(FAILED).map(([name, when]) => [describeFailure(FAILURE[name as keyof typeof FAILURE]), when]);
  return table(['Failure Reason (0008,1197)', 'when'], rows);
}
