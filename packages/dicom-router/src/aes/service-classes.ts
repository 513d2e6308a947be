import { findSopClass } from '@filmless/dicom';
import { STORAGE_COMMITMENT_SOP_CLASS } from '../commitment/sop-class.ts';
import { VERIFICATION_SOP_CLASS } from '../dimse/command-field.ts';
import { MPPS_RETRIEVE_SOP_CLASS, MPPS_SOP_CLASS } from '../mpps/sop-class.ts';
import { FIND_EXTENSIONS, RETRIEVE_EXTENSIONS } from '../query/extended-negotiation.ts';
import { FIND_MODELS, GET_MODELS, MOVE_MODELS } from '../query/information-model.ts';
import type { Roles } from '../ul/association.ts';
import { MODALITY_WORKLIST_SOP_CLASS } from '../worklist/sop-class.ts';
import type { AePermission } from './ae-config.ts';
import type { AeRights } from './ae-directory.ts';

/** What an abstract syntax stands for here. */
export interface ServiceClass {
  /** What one must be allowed, to be its user. */
  readonly may: AePermission;
  /** What one must be allowed, to be its provider while we are the user; nobody may unless told. PS3.7 D.3.3.4. */
  readonly mayProvide?: AePermission;
  /** Its user must be listed, too. */
  readonly listed?: boolean;
  /** Only transfer syntaxes that identifiers are written in: little endian, not deflated. */
  readonly plain: boolean;
  /** The highest value of each byte of the extended negotiation; what is asked for beyond is answered with it. PS3.7 D.3.3.5. */
  readonly extended?: readonly number[];
}

const QUERY: ServiceClass = { may: 'query', plain: true, extended: FIND_EXTENSIONS };
const RETRIEVE: ServiceClass = { may: 'retrieve', plain: true, extended: RETRIEVE_EXTENSIONS };

/** Every abstract syntax that is no storage. */
const SERVICE_CLASSES: Readonly<Record<string, ServiceClass>> = {
  [VERIFICATION_SOP_CLASS]: { may: 'echo', plain: false },
  [MODALITY_WORKLIST_SOP_CLASS]: { may: 'query', plain: true },
  [MPPS_SOP_CLASS]: { may: 'store', listed: true, plain: true },
  [MPPS_RETRIEVE_SOP_CLASS]: { may: 'store', listed: true, plain: true },
  // A receiver of ours that calls to report is the provider. PS3.4 J.3.3.1.3.
  [STORAGE_COMMITMENT_SOP_CLASS]: { may: 'store', mayProvide: 'store', listed: true, plain: true },
  ...Object.fromEntries([...FIND_MODELS.keys()].map((uid) => [uid, QUERY])),
  ...Object.fromEntries([...MOVE_MODELS.keys(), ...GET_MODELS.keys()].map((uid) => [uid, RETRIEVE])),
};

/** Objects are kept in any transfer syntax; who may retrieve is sent them where it asked by C-GET. PS3.4 B.5, C.5.3. */
const STORAGE: ServiceClass = { may: 'store', mayProvide: 'retrieve', plain: false };

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

export function serviceClass(abstractSyntax: string, unknownSopClasses: boolean): ServiceClass | undefined {
  const listed = Object.hasOwn(SERVICE_CLASSES, abstractSyntax) ? SERVICE_CLASSES[abstractSyntax] : undefined;
  return listed ?? (isStored(abstractSyntax, unknownSopClasses) ? STORAGE : undefined);
}

/** What an entity may be for a service, by what it is allowed. */
export function allowedRoles(service: ServiceClass, { may, listed }: Pick<AeRights, 'may' | 'listed'>): Roles {
  const { may: needed, mayProvide } = service;
  return {
    scu: may.includes(needed) && (listed || service.listed !== true),
    scp: mayProvide !== undefined && may.includes(mayProvide),
  };
}
