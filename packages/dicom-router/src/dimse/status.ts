/** Statuses this product answers with. PS3.7 C, PS3.4 B.2.3. */
export const STATUS = {
  success: 0x0000,
  processingFailure: 0x0110,
  invalidObjectInstance: 0x0117,
  sopClassNotSupported: 0x0122,
  notAuthorized: 0x0124,
  unrecognizedOperation: 0x0211,
  outOfResources: 0xa700,
  /** A warning: kept all the same. */
  dataSetDoesNotMatchSopClass: 0xb007,
  cannotUnderstand: 0xc000,
} as const;

export type StatusName = keyof typeof STATUS;

export type StatusClass = 'success' | 'warning' | 'failure';

/** PS3.7 C.1: warnings are 0001H, 0107H, 0116H and BxxxH. */
export function statusClass(status: number): StatusClass {
  if (status === STATUS.success) {
    return 'success';
  }
  return status === 0x0001 || status === 0x0107 || status === 0x0116 || (status & 0xf000) === 0xb000 ? 'warning' : 'failure';
}

/** A refusal that may be over later: out of resources, a general failure that says nothing of the object. PS3.4 B.2.3, PS3.7 C.5. */
export function isTransient(status: number): boolean {
  return (status & 0xff00) === 0xa700 || status === STATUS.processingFailure || status === 0x0213;
}

/** Whether the receiver has the object: a warning means stored, and so does that it had it before. PS3.4 B.2.3, PS3.7 C.5. */
export function isKept(status: number): boolean {
  return statusClass(status) !== 'failure' || status === 0x0111;
}

const NAMES: Readonly<Record<number, string>> = {
  272: 'processing failure',
  273: 'duplicate SOP instance',
  274: 'no such SOP instance',
  277: 'invalid argument value',
  279: 'invalid SOP instance',
  280: 'no such SOP class',
  290: 'SOP class not supported',
  292: 'not authorized',
  528: 'duplicate invocation',
  529: 'unrecognized operation',
  530: 'mistyped argument',
  531: 'resource limitation',
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
