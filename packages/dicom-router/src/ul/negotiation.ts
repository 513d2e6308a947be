import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@filmless/dicom';
import type { RouterLimits } from '../limits.ts';
import {
  type AcceptedContext,
  type Association,
  DEFAULT_ROLES,
  type OperationsWindow,
  type PeerUser,
  type RefusedContext,
  type Roles,
} from './association.ts';
import {
  APPLICATION_CONTEXT,
  type AssociateAc,
  type AssociateRq,
  CONTEXT_RESULT,
  type ContextAnswer,
  type ExtendedNegotiation,
  type ProposedContext,
  type RoleSelection,
  type UserIdentity,
  type UserInformation,
} from './pdu/model.ts';
import type { Rejection } from './rejection.ts';
import type { PeerCertificate } from './tls/certificate.ts';

/** Where a request for an association comes from. */
export interface Origin {
  readonly address: string;
  /** Over TLS. */
  readonly secure: boolean;
  /** What was shown at the TLS handshake, whatever it is worth. */
  readonly certificate?: PeerCertificate;
}

/** What became of a user identity: believed or not, or a reason to let nobody in. */
export type IdentityDecision =
  | {
      readonly user?: PeerUser;
      /** The positive response, where one was asked for and the identity was made sure of: empty but for Kerberos and SAML. */
      readonly response?: Uint8Array;
    }
  | { readonly rejection: Rejection };

/** Who is let in and what is agreed on: the upper layer asks, services and settings answer. */
export interface AcceptorPolicy {
  /** Undefined lets the caller in. */
  reject(request: AssociateRq, origin: Origin): Rejection | undefined;
  /** Asked after `reject` when the request names a user. PS3.7 D.3.3.7. */
  identity(identity: UserIdentity, request: AssociateRq, origin: Origin): Promise<IdentityDecision>;
  choose(context: ProposedContext, request: AssociateRq): Omit<ContextAnswer, 'id'>;
  /** The roles that the caller may take of those it proposes; undefined leaves it the default. PS3.7 D.3.3.4. */
  roles(proposed: RoleSelection, request: AssociateRq): Roles | undefined;
  extended(proposed: ExtendedNegotiation, request: AssociateRq): ExtendedNegotiation | undefined;
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
      finding: { cause: 'application-context', facts: {} },
    };
  }
  if (request.contexts.length === 0) {
    return malformed('no presentation context was proposed');
  }
  // Two contexts under one id would let one answer stand for the other. PS3.8 9.3.2.2.
  if (new Set(request.contexts.map(({ id }) => id)).size < request.contexts.length) {
    return malformed('two presentation contexts have the same id');
  }
  return undefined;
}

function malformed(detail: string): Rejection {
  return { reason: 'no reason given', detail, finding: { cause: 'request-malformed', facts: {} } };
}

/** The A-ASSOCIATE-AC that answers a request. PS3.8 9.3.3, PS3.7 D.3.3. */
export function answer(
  request: AssociateRq,
  policy: AcceptorPolicy,
  limits: Pick<RouterLimits, 'pduBytes' | 'openOperations'>,
  identityResponse?: Uint8Array,
): AssociateAc {
  const contexts = request.contexts.map((context): ContextAnswer => {
    const usable = context.id % 2 === 1;
    return usable
      ? { id: context.id, ...policy.choose(context, request) }
      : { id: context.id, result: CONTEXT_RESULT.noReason, transferSyntax: context.transferSyntaxes[0] ?? '' };
  });
  const { asynchronousOperations: proposed, roles, extended } = request.user;
  return {
    type: 'associate-ac',
    protocolVersion: 1,
    calledAe: request.calledAe,
    callingAe: request.callingAe,
    applicationContext: APPLICATION_CONTEXT,
    contexts,
    user: {
      ...ownUserInformation(limits.pduBytes),
      // One operation of theirs at a time: requests wait in TCP, not in memory.
      ...(proposed === undefined
        ? {}
        : { asynchronousOperations: { invoked: 1, performed: fewer(proposed.performed, limits.openOperations) } }),
      roles: roles.flatMap((role) => {
        const agreed = policy.roles(role, request);
        return agreed === undefined ? [] : [{ sopClassUid: role.sopClassUid, ...both(role, agreed) }];
      }),
      extended: extended.flatMap((item) => policy.extended(item, request) ?? []),
      ...(identityResponse === undefined ? {} : { userIdentityResponse: identityResponse }),
    },
  };
}

/** The smaller number of operations, where 0 is no limit. PS3.7 D.3.3.3. */
function fewer(one: number, other: number): number {
  return Math.min(one === 0 ? Number.POSITIVE_INFINITY : one, other === 0 ? Number.POSITIVE_INFINITY : other);
}

function both(one: Roles, other: Roles): Roles {
  return { scu: one.scu && other.scu, scp: one.scp && other.scp };
}

/** Request and answer of one negotiation; what a peer answers to what nobody proposed counts for nothing. */
export interface Negotiation {
  readonly proposed: Pick<AssociateRq, 'contexts' | 'user'>;
  readonly answered: Pick<AssociateAc, 'contexts' | 'user'>;
}

/** The contexts that hold after the answer: accepted, proposed, with a transfer syntax that was offered. */
export function agreedContexts({ proposed, answered }: Negotiation): readonly AcceptedContext[] {
  return proposed.contexts.flatMap((context) => {
    const found = answered.contexts.find((candidate) => candidate.id === context.id);
    if (found?.result !== CONTEXT_RESULT.acceptance || !context.transferSyntaxes.includes(found.transferSyntax)) {
      return [];
    }
    const { id, abstractSyntax } = context;
    const { transferSyntax } = found;
    return [{ id, abstractSyntax, transferSyntax, ...agreedOnClass({ proposed, answered }, abstractSyntax) }];
  });
}

/** The contexts that were proposed and refused. */
export function refusedContexts({ proposed, answered }: Negotiation): readonly RefusedContext[] {
  return proposed.contexts.flatMap(({ id, abstractSyntax, transferSyntaxes }) => {
    const result = answered.contexts.find((candidate) => candidate.id === id)?.result ?? CONTEXT_RESULT.noReason;
    return result === CONTEXT_RESULT.acceptance ? [] : [{ abstractSyntax, transferSyntaxes, result }];
  });
}

/** What holds for all contexts of a SOP class. PS3.7 D.3.3.4, D.3.3.5. */
function agreedOnClass({ proposed, answered }: Negotiation, sopClassUid: string): Pick<AcceptedContext, 'roles' | 'extended'> {
  const ofClass = <T extends { readonly sopClassUid: string }>(items: readonly T[]): T | undefined =>
    items.find((item) => item.sopClassUid === sopClassUid);
  const role = ofClass(proposed.user.roles);
  const agreedRole = ofClass(answered.user.roles);
  const extended = ofClass(proposed.user.extended) && ofClass(answered.user.extended);
  return {
    roles: role === undefined || agreedRole === undefined ? DEFAULT_ROLES : both(role, agreedRole),
    ...(extended === undefined ? {} : { extended: extended.information }),
  };
}

/** How many operations may be open; one each way where nothing was agreed on. PS3.7 D.3.3.3. */
export function agreedWindow({ proposed, answered }: Negotiation, role: Association['role']): OperationsWindow {
  const asked = proposed.user.asynchronousOperations;
  const given = answered.user.asynchronousOperations;
  if (asked === undefined || given === undefined) {
    return { ours: 1, theirs: 1 };
  }
  const invoked = fewer(asked.invoked, given.invoked);
  const performed = fewer(asked.performed, given.performed);
  return role === 'requestor' ? { ours: invoked, theirs: performed } : { ours: performed, theirs: invoked };
}
