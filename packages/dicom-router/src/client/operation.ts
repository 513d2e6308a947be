import type { Dialogue, DimseResponse } from '../dimse/dialogue.ts';
import { describeStatus, statusClass } from '../dimse/status.ts';
import { RouterError } from '../errors.ts';

export const MEDIUM_PRIORITY = 0;

/** PS3.7 C.1.1: FF00H, and FF01H where not all optional keys are supported. */
export function isPending(status: number): boolean {
  return status === 0xff00 || status === 0xff01;
}

/** @throws RouterError `status` unless the last response says success, or warns */
export function succeeded({ association }: Dialogue, { status, comment }: DimseResponse): void {
  if (statusClass(status) === 'failure') {
    const why = comment === undefined ? '' : `: ${comment}`;
    throw new RouterError('status', `${association.peer.calledAe} answered ${describeStatus(status)}${why}`);
  }
}
