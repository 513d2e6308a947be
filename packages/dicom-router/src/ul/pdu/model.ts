/** PDU types. PS3.8 9.3.1. */
export const PDU_TYPE = {
  associateRq: 0x01,
  associateAc: 0x02,
  associateRj: 0x03,
  pDataTf: 0x04,
  releaseRq: 0x05,
  releaseRp: 0x06,
  abort: 0x07,
} as const;

/** The DICOM application context. PS3.7 A.2.1. */
export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** One abstract syntax with the transfer syntaxes its sender offers. PS3.8 9.3.2.2. */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** Result/Reason of a presentation context. PS3.8 9.3.3.2. */
export const CONTEXT_RESULT = {
  acceptance: 0,
  userRejection: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

export interface ContextAnswer {
  readonly id: number;
  readonly result: number;
  /** Meaningful only with `acceptance`. */
  readonly transferSyntax: string;
}

/** PS3.7 D.3.3.4. */
export interface RoleSelection {
  readonly sopClassUid: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** PS3.7 D.3.3.5. */
export interface ExtendedNegotiation {
  readonly sopClassUid: string;
  readonly information: Uint8Array;
}

/** PS3.7 D.3.3.6. */
export interface CommonExtendedNegotiation {
  readonly sopClassUid: string;
  readonly serviceClassUid: string;
  readonly relatedGeneralSopClassUids: readonly string[];
}

/** PS3.7 D.3.3.7: 1 user name, 2 user name and passcode, 3 Kerberos, 4 SAML, 5 JSON web token. */
export interface UserIdentity {
  readonly type: number;
  readonly positiveResponseRequested: boolean;
  readonly primary: Uint8Array;
  readonly secondary: Uint8Array;
}

/** The user information item of A-ASSOCIATE-RQ and -AC. PS3.7 D.3.3, PS3.8 D.1. */
export interface UserInformation {
  /** Longest P-DATA-TF variable field its sender takes; 0 is no limit. PS3.8 D.1.1. */
  readonly maxLength: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName?: string;
  /** 0 is no limit. PS3.7 D.3.3.3. */
  readonly asynchronousOperations?: { readonly invoked: number; readonly performed: number };
  readonly roles: readonly RoleSelection[];
  readonly extended: readonly ExtendedNegotiation[];
  readonly commonExtended: readonly CommonExtendedNegotiation[];
  readonly userIdentity?: UserIdentity;
  readonly userIdentityResponse?: Uint8Array;
}

/** PS3.8 9.3.2. */
export interface AssociateRq {
  readonly type: 'associate-rq';
  /** Bit 0 is version 1. */
  readonly protocolVersion: number;
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  readonly user: UserInformation;
}

/** PS3.8 9.3.3. */
export interface AssociateAc {
  readonly type: 'associate-ac';
  readonly protocolVersion: number;
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  readonly contexts: readonly ContextAnswer[];
  readonly user: UserInformation;
}

/** PS3.8 9.3.4. */
export interface AssociateRj {
  readonly type: 'associate-rj';
  readonly result: number;
  readonly source: number;
  readonly reason: number;
}

interface ReleaseRq {
  readonly type: 'release-rq';
}

interface ReleaseRp {
  readonly type: 'release-rp';
}

/** Source 0 is the service user, 2 the service provider. PS3.8 9.3.8. */
export interface Abort {
  readonly type: 'abort';
  readonly source: number;
  readonly reason: number;
}

/** A PDU that is held whole; P-DATA-TF never is. */
export type ControlPdu = AssociateRq | AssociateAc | AssociateRj | ReleaseRq | ReleaseRp | Abort;

/** Message control header. PS3.8 E.2. */
export const PDV_COMMAND = 0x01;
export const PDV_LAST = 0x02;

/** A piece of a presentation data value, as it came: a PDV may arrive in many. */
export interface Fragment {
  readonly contextId: number;
  /** Part of a command set, else of a data set. */
  readonly command: boolean;
  /** The command or data set ends with this piece. */
  readonly last: boolean;
  readonly bytes: Uint8Array;
}
