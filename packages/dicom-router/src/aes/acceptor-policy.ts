import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from '@filmless/dicom';
import { DEFAULT_ROLES, type Roles } from '../ul/association.ts';
import type { AcceptorPolicy, IdentityDecision } from '../ul/negotiation.ts';
import {
  type AssociateRq,
  CONTEXT_RESULT,
  type ContextAnswer,
  type ExtendedNegotiation,
  type ProposedContext,
  type UserIdentity,
} from '../ul/pdu/model.ts';
import type { Rejection } from '../ul/rejection.ts';
import { AE_PERMISSIONS, type AePermission } from './ae-config.ts';
import type { AeRights } from './ae-directory.ts';
import { allowedRoles, isStored, type ServiceClass, serviceClass } from './service-classes.ts';
import { type TlsClients, tlsRejection } from './tls-policy.ts';

export interface PolicyOptions {
  readonly aeTitle: string;
  readonly rights: (callingAe: string) => AeRights;
  /** Takes SOP classes that are not in PS3.4 B.5, private ones among them. */
  readonly unknownSopClasses: boolean;
  /** Decides about users that are named; unless given, each is let in and none is believed. */
  readonly identity?: AcceptorPolicy['identity'] | undefined;
  /** Whether who calls by TLS must show a certificate; `asked` unless told. */
  readonly tlsClients?: TlsClients | undefined;
}

/** Lets in application entities by what they may do, and chooses transfer syntaxes. */
export function acceptorPolicy({
  aeTitle,
  rights,
  unknownSopClasses,
  identity,
  tlsClients = 'asked',
}: PolicyOptions): AcceptorPolicy {
  const service = (abstractSyntax: string) => serviceClass(abstractSyntax, unknownSopClasses);
  const asked = (request: AssociateRq) => permissionsAsked(request, unknownSopClasses);
  return {
    reject: (request, origin): Rejection | undefined => {
      const { calledAe, callingAe } = request;
      if (calledAe !== aeTitle) {
        return {
          reason: 'called AE title not recognized',
          detail: `${callingAe} called ${JSON.stringify(calledAe)}; here it is ${aeTitle}`,
          finding: { cause: 'called-ae-wrong', facts: { called: calledAe, own: aeTitle } },
        };
      }
      const { may, settings, listed } = rights(callingAe);
      return may.length === 0
        ? {
            reason: 'calling AE title not recognized',
            detail: `${JSON.stringify(callingAe)} may do nothing here; list it under application entities`,
            finding: { cause: listed ? 'calling-ae-barred' : 'calling-ae-unknown', facts: { asks: asked(request) } },
          }
        : tlsRejection(callingAe, settings.tls, origin, tlsClients);
    },
    identity: identity ?? ((given) => Promise.resolve(unverified(given))),
    choose: (context, request) => choose(context, service(context.abstractSyntax), rights(request.callingAe), request),
    roles: ({ sopClassUid }, { callingAe }) => {
      const found = service(sopClassUid);
      return found === undefined ? undefined : allowedRoles(found, rights(callingAe));
    },
    extended: (proposed) =>
      isStored(proposed.sopClassUid, unknownSopClasses)
        ? { ...proposed, information: STORAGE_INFORMATION }
        : agreedInformation(proposed, service(proposed.sopClassUid)),
  };
}

/** Which permissions it would take to do all that a request proposes. */
function permissionsAsked({ contexts }: AssociateRq, unknownSopClasses: boolean): readonly AePermission[] {
  const found = contexts.flatMap(({ abstractSyntax }) => serviceClass(abstractSyntax, unknownSopClasses)?.may ?? []);
  return AE_PERMISSIONS.filter((permission) => found.includes(permission));
}

/** Level 2 (all attributes are kept), digital signatures are kept, nothing is coerced. PS3.4 B.3.1. */
const STORAGE_INFORMATION = Uint8Array.of(2, 0, 3, 0, 0, 0);

/** Of what was asked for, what there is. A byte that stands for a choice has the values 0 and 1. PS3.4 C.5.1.1. */
function agreedInformation(proposed: ExtendedNegotiation, service: ServiceClass | undefined): ExtendedNegotiation | undefined {
  if (service?.extended === undefined) {
    return undefined;
  }
  const { information } = proposed;
  const highest = service.extended.slice(0, information.byteLength);
  return { ...proposed, information: Uint8Array.from(highest, (most, index) => Math.min(most, information[index] ?? 0)) };
}

/** User names are noted as said; nobody asked for what stands behind them. PS3.7 D.3.3.7. */
function unverified({ type, primary }: UserIdentity): IdentityDecision {
  const named = type === 1 || type === 2;
  return named ? { user: { name: Buffer.from(primary).toString('utf8'), verified: false } } : {};
}

function choose(
  context: ProposedContext,
  service: ServiceClass | undefined,
  rights: AeRights,
  request: AssociateRq,
): Omit<ContextAnswer, 'id'> {
  // Of a refused context the transfer syntax is not significant, but it must be there. PS3.8 9.3.3.2.
  const refused = { transferSyntax: context.transferSyntaxes[0] ?? IMPLICIT_VR_LITTLE_ENDIAN };
  if (service === undefined) {
    return { ...refused, result: CONTEXT_RESULT.abstractSyntaxNotSupported };
  }
  const proposed = request.user.roles.find(({ sopClassUid }) => sopClassUid === context.abstractSyntax) ?? DEFAULT_ROLES;
  if (!haveOneInCommon(proposed, allowedRoles(service, rights))) {
    return { ...refused, result: CONTEXT_RESULT.userRejection };
  }
  const transferSyntax = chooseTransferSyntax(context.transferSyntaxes, service.plain);
  return transferSyntax === undefined
    ? { ...refused, result: CONTEXT_RESULT.transferSyntaxesNotSupported }
    : { transferSyntax, result: CONTEXT_RESULT.acceptance };
}

function haveOneInCommon(one: Roles, other: Roles): boolean {
  return (one.scu && other.scu) || (one.scp && other.scp);
}

const PLAIN: ReadonlySet<string> = new Set([EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN]);

/**
 * The sender's first choice. Only where that is Implicit VR, which loses what a private attribute is, or big endian, Explicit
 * VR Little Endian is taken if offered.
 */
function chooseTransferSyntax(offered: readonly string[], plain: boolean): string | undefined {
  const first = offered.find((uid) => (plain ? PLAIN.has(uid) : findTransferSyntax(uid) !== undefined));
  const poor = first === IMPLICIT_VR_LITTLE_ENDIAN || first === EXPLICIT_VR_BIG_ENDIAN;
  return poor && offered.includes(EXPLICIT_VR_LITTLE_ENDIAN) ? EXPLICIT_VR_LITTLE_ENDIAN : first;
}
