import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@filmless/dicom';
import type { AcceptedContext } from './association.ts';
import {
  APPLICATION_CONTEXT,
  type AssociateAc,
  type AssociateRq,
  CONTEXT_RESULT,
  type ContextAnswer,
  type ExtendedNegotiation,
  type ProposedContext,
  type UserInformation,
} from './pdu/model.ts';
import type { Rejection } from './rejection.ts';

/** Who is let in and what is agreed on: the upper layer asks, services and settings answer. */
export interface AcceptorPolicy {
  /** Undefined lets the caller in. */
  reject(request: AssociateRq, address: string): Rejection | undefined;
  choose(context: ProposedContext, request: AssociateRq): Omit<ContextAnswer, 'id'>;
  extended(proposed: ExtendedNegotiation): ExtendedNegotiation | undefined;
}

/** Our side of the user information. */
export function ownUserInformation(pduBytes: number): UserInformation {
  return {
    maxLength: pduBytes,
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
    roles: [],
    extended: [],
    commonExtended: [],
  };
}

/** Rejections that need no policy. PS3.8 9.3.4. */
export function basicRejection(request: AssociateRq): Rejection | undefined {
  if (request.applicationContext !== APPLICATION_CONTEXT) {
    return {
      reason: 'application context name not supported',
      detail: `application context ${JSON.stringify(request.applicationContext)} is not DICOM's`,
    };
  }
  if (request.contexts.length === 0) {
    return { reason: 'no reason given', detail: 'no presentation context was proposed' };
  }
  // Two contexts under one id would let one answer stand for the other. PS3.8 9.3.2.2.
  if (new Set(request.contexts.map(({ id }) => id)).size < request.contexts.length) {
    return { reason: 'no reason given', detail: 'two presentation contexts have the same id' };
  }
  return undefined;
}

/** The A-ASSOCIATE-AC that answers a request. PS3.8 9.3.3, PS3.7 D.3.3. */
export function answer(request: AssociateRq, policy: AcceptorPolicy, pduBytes: number): AssociateAc {
  const contexts = request.contexts.map((context): ContextAnswer => {
    const usable = context.id % 2 === 1;
    return usable
      ? { id: context.id, ...policy.choose(context, request) }
      : { id: context.id, result: CONTEXT_RESULT.noReason, transferSyntax: context.transferSyntaxes[0] ?? '' };
  });
  const proposed = request.user;
  return {
    type: 'associate-ac',
    protocolVersion: 1,
    calledAe: request.calledAe,
    callingAe: request.callingAe,
    applicationContext: APPLICATION_CONTEXT,
    contexts,
    user: {
      ...ownUserInformation(pduBytes),
      // One operation at a time: requests wait in TCP, not in memory.
      ...(proposed.asynchronousOperations === undefined ? {} : { asynchronousOperations: { invoked: 1, performed: 1 } }),
      roles: proposed.roles.map((role) => ({ sopClassUid: role.sopClassUid, scu: role.scu, scp: false })),
      extended: proposed.extended.flatMap((item) => policy.extended(item) ?? []),
    },
  };
}

/** The contexts that hold after the answer: accepted, proposed, with a transfer syntax that was offered. */
export function agreedContexts(
  proposed: readonly ProposedContext[],
  answers: readonly ContextAnswer[],
): readonly AcceptedContext[] {
  return proposed.flatMap((context) => {
    const found = answers.find((candidate) => candidate.id === context.id);
    const agreed = found?.result === CONTEXT_RESULT.acceptance && context.transferSyntaxes.includes(found.transferSyntax);
    return agreed ? [{ id: context.id, abstractSyntax: context.abstractSyntax, transferSyntax: found.transferSyntax }] : [];
  });
}
