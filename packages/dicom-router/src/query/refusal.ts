import { type Answer, FAULT_COMMENT, type ServiceRequest } from '../dimse/provider.ts';
import type { StatusName } from '../dimse/status.ts';
import { messageOf, RouterError, type RouterErrorCode } from '../errors.ts';

/** Statuses for what keeps a query or retrieval from being done. PS3.4 tables C.4-1 to C.4-3. */
const STATUSES: Partial<Record<RouterErrorCode, StatusName>> = {
  'invalid-request': 'identifierDoesNotMatch',
  'too-long': 'outOfResources',
};

/** The answer to an operation that failed here. The peer is told what it can change; what went wrong here is for the log. */
export function refusalOf(error: unknown, otherwise: StatusName = 'unableToProcess'): Answer {
  const status = error instanceof RouterError ? STATUSES[error.code] : undefined;
  return status === undefined
    ? { status: otherwise, comment: FAULT_COMMENT, problem: messageOf(error) }
    : { status, comment: messageOf(error) };
}

/** Whether nobody is left to answer: the association has ended, or must. */
export function isOver(error: unknown, { dialogue }: Pick<ServiceRequest, 'dialogue'>): boolean {
  return dialogue.over || (error instanceof RouterError && error.code === 'limit-exceeded');
}
