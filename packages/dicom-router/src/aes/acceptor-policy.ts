import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findSopClass,
  findTransferSyntax,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from '@filmless/dicom';
import { VERIFICATION_SOP_CLASS } from '../dimse/command-field.ts';
import type { AePermission } from '../router.ts';
import type { AcceptorPolicy } from '../ul/negotiation.ts';
import { CONTEXT_RESULT, type ContextAnswer, type ProposedContext } from '../ul/pdu/model.ts';
import type { Rejection } from '../ul/rejection.ts';
import type { AeRights } from './ae-directory.ts';

export interface PolicyOptions {
  readonly aeTitle: string;
  readonly rights: (callingAe: string) => AeRights;
  /** Takes SOP classes that are not in PS3.4 B.5, private ones among them. */
  readonly unknownSopClasses: boolean;
}

/** Services that an abstract syntax may ask for, with what one must be allowed. */
type SyntaxPermission = AePermission | undefined;

/** Arcs of the standard that are no storage: with `unknownSopClasses` everything outside of them is taken. */
const STANDARD_ARC = '1.2.840.10008.';
const STORAGE_ARC = '1.2.840.10008.5.1.4.1.1.';

/** Whether objects of a SOP class are kept. PS3.4 B.5. */
export function isStored(sopClassUid: string, unknownSopClasses: boolean): boolean {
  if (findSopClass(sopClassUid) !== undefined) {
    return true;
  }
  return unknownSopClasses && (!sopClassUid.startsWith(STANDARD_ARC) || sopClassUid.startsWith(STORAGE_ARC));
}

/** Lets in application entities by what they may do, and chooses transfer syntaxes. */
export function acceptorPolicy({ aeTitle, rights, unknownSopClasses }: PolicyOptions): AcceptorPolicy {
  const needed = (abstractSyntax: string): SyntaxPermission => {
    if (abstractSyntax === VERIFICATION_SOP_CLASS) {
      return 'echo';
    }
    return isStored(abstractSyntax, unknownSopClasses) ? 'store' : undefined;
  };
  return {
    reject: ({ calledAe, callingAe }): Rejection | undefined => {
      if (calledAe !== aeTitle) {
        return {
          reason: 'called AE title not recognized',
          detail: `${callingAe} called ${JSON.stringify(calledAe)}; here it is ${aeTitle}`,
        };
      }
      return rights(callingAe).may.length === 0
        ? {
            reason: 'calling AE title not recognized',
            detail: `${JSON.stringify(callingAe)} may do nothing here; list it under application entities`,
          }
        : undefined;
    },
    choose: (context, { callingAe }) => choose(context, needed(context.abstractSyntax), rights(callingAe)),
    // Level 2 (all attributes are kept), digital signatures are kept, nothing is coerced. PS3.4 B.3.1.
    extended: ({ sopClassUid }) =>
      needed(sopClassUid) === 'store' ? { sopClassUid, information: Uint8Array.of(2, 0, 3, 0, 0, 0) } : undefined,
  };
}

function choose(context: ProposedContext, needed: SyntaxPermission, { may }: AeRights): Omit<ContextAnswer, 'id'> {
  // Of a refused context the transfer syntax is not significant, but it must be there. PS3.8 9.3.3.2.
  const refused = { transferSyntax: context.transferSyntaxes[0] ?? IMPLICIT_VR_LITTLE_ENDIAN };
  if (needed === undefined) {
    return { ...refused, result: CONTEXT_RESULT.abstractSyntaxNotSupported };
  }
  if (!may.includes(needed)) {
    return { ...refused, result: CONTEXT_RESULT.userRejection };
  }
  const transferSyntax = chooseTransferSyntax(context.transferSyntaxes);
  return transferSyntax === undefined
    ? { ...refused, result: CONTEXT_RESULT.transferSyntaxesNotSupported }
    : { transferSyntax, result: CONTEXT_RESULT.acceptance };
}

/**
 * The sender's first choice. Only where that is Implicit VR, which loses what a private attribute is, or big endian, Explicit
 * VR Little Endian is taken if offered.
 */
function chooseTransferSyntax(offered: readonly string[]): string | undefined {
  const first = offered.find((uid) => findTransferSyntax(uid) !== undefined);
  const poor = first === IMPLICIT_VR_LITTLE_ENDIAN || first === EXPLICIT_VR_BIG_ENDIAN;
  return poor && offered.includes(EXPLICIT_VR_LITTLE_ENDIAN) ? EXPLICIT_VR_LITTLE_ENDIAN : first;
}
