/** Statuses this product answers with. PS3.7 C, PS3.4 B.2.3, C.4, F.7.2, J.3. */
export const STATUS = {
  success: 0x0000,
  noSuchAttribute: 0x0105,
  invalidAttributeValue: 0x0106,
  /** A warning: attributes were left out. */
  attributeListError: 0x0107,
  processingFailure: 0x0110,
  duplicateSopInstance: 0x0111,
  noSuchSopInstance: 0x0112,
  noSuchEventType: 0x0113,
  noSuchArgument: 0x0114,
  invalidArgumentValue: 0x0115,
  /** A warning: a value was changed to one that is possible. */
  attributeValueOutOfRange: 0x0116,
  invalidObjectInstance: 0x0117,
  noSuchSopClass: 0x0118,
  classInstanceConflict: 0x0119,
  missingAttribute: 0x0120,
  missingAttributeValue: 0x0121,
  sopClassNotSupported: 0x0122,
  noSuchActionType: 0x0123,
  notAuthorized: 0x0124,
  duplicateInvocation: 0x0210,
  unrecognizedOperation: 0x0211,
  mistypedArgument: 0x0212,
  resourceLimitation: 0x0213,
  outOfResources: 0xa700,
  unableToCalculateMatches: 0xa701,
  unableToPerformSuboperations: 0xa702,
  moveDestinationUnknown: 0xa801,
  identifierDoesNotMatch: 0xa900,
  /** A warning: one or more sub-operations failed. */
  suboperationsWarning: 0xb000,
  /** A warning: kept all the same. */
  dataSetDoesNotMatchSopClass: 0xb007,
  cannotUnderstand: 0xc000,
  /** The same number as a Query/Retrieve service says it. */
  unableToProcess: 0xc000,
  cancelled: 0xfe00,
  pending: 0xff00,
  /** Matches go on; an optional key was not supported. */
  pendingWarning: 0xff01,
} as const;

export type StatusName = keyof typeof STATUS;

export type StatusClass = 'success' | 'warning' | 'failure' | 'cancel' | 'pending';

/** PS3.7 C.1: warnings are 0001H, 0107H, 0116H and BxxxH, FE00H is cancel, FF00H and FF01H are pending. */
export function statusClass(status: number): StatusClass {
  if (status === STATUS.success) {
    return 'success';
  }
  if (isPending(status)) {
    return 'pending';
  }
  if (status === STATUS.cancelled) {
    return 'cancel';
  }
  return status === 0x0001 || status === 0x0107 || status === 0x0116 || (status & 0xf000) === 0xb000 ? 'warning' : 'failure';
}

/** Whether more responses follow. PS3.7 C.1. */
export function isPending(status: number): boolean {
  return status === STATUS.pending || status === STATUS.pendingWarning;
}

/** A refusal that may be over later: out of resources, a general failure that says nothing of the object. PS3.4 B.2.3, PS3.7 C.5. */
export function isTransient(status: number): boolean {
  return (status & 0xff00) === 0xa700 || status === STATUS.processingFailure || status === 0x0213;
}

/** Whether the receiver has the object: a warning means stored, and so does that it had it before. PS3.4 B.2.3, PS3.7 C.5. */
export function isKept(status: number): boolean {
  const kind = statusClass(status);
  return kind === 'success' || kind === 'warning' || status === STATUS.duplicateSopInstance;
}

const NAMES: Readonly<Record<number, string>> = {
  261: 'no such attribute',
  262: 'invalid attribute value',
  272: 'processing failure',
  273: 'duplicate SOP instance',
  274: 'no such SOP instance',
  275: 'no such event type',
  276: 'no such argument',
  277: 'invalid argument value',
  279: 'invalid SOP instance',
  280: 'no such SOP class',
  281: 'class-instance conflict',
  288: 'missing attribute',
  289: 'missing attribute value',
  290: 'SOP class not supported',
  291: 'no such action type',
  292: 'not authorized',
  528: 'duplicate invocation',
  529: 'unrecognized operation',
  530: 'mistyped argument',
  531: 'resource limitation',
  43009: 'move destination unknown',
  65024: 'cancelled',
  65280: 'pending',
  65281: 'pending, with optional keys not supported',
};

/** For a person: `A700H (out of resources)`. */
export function describeStatus(status: number): string {
  const code = `${status.toString(16).toUpperCase().padStart(4, '0')}H`;
  const name = NAMES[status] ?? rangeName(status);
  return name === undefined ? code : `${code} (${name})`;
}

function rangeName(status: number): string | undefined {
  if ((status & 0xff00) === 0xa700) {
    return 'out of resources';
  }
  if ((status & 0xff00) === 0xa900 || status === STATUS.dataSetDoesNotMatchSopClass) {
    return 'data set does not match SOP class';
  }
  return (status & 0xf000) === 0xc000 ? 'cannot understand' : undefined;
}

/** What a peer is told of a fault of ours. */
export const FAULT_COMMENT = 'it failed here; the log of this archive says why';

/** Error Comment: one LO of at most 64 characters of the default repertoire, marks of letters dropped. PS3.7 C, PS3.5 6.2. */
export function errorComment(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[đĐ]/g, (letter) => (letter === 'đ' ? 'd' : 'D'))
    .replace(/[^\x20-\x7e]|\\/g, '?')
    .slice(0, 64)
    .trim();
}
