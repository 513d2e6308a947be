import { parseDate } from '@filmless/dicom';

/** Most characters of a value, whatever it takes to encode them. PS3.5 table 6.2-1. */
const LENGTHS = { AE: 16, CS: 16, SH: 16, LO: 64, LT: 10_240 } as const;

export type TextVr = keyof typeof LENGTHS;

const CONTROL = /\p{Cc}/u;
/** LT may have lines. PS3.5 6.1.3. */
const CONTROL_IN_LT = /(?![\t\n\f\r])\p{Cc}/u;
const AE_TITLE = /^[\x20-\x5b\x5d-\x7e]*$/;
const CODE = /^[A-Z0-9_ ]*$/;
const NAME_GROUP_LENGTH = 64;
const NAME_GROUPS = 3;
const NAME_COMPONENTS = 5;
/** Components have no leading zero. PS3.5 9.1. */
const UID = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+$/;
const UID_LENGTH = 64;
const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?)?$/;

/** Why a text is no value of its VR, in words; undefined when it is one. PS3.5 6.2. */
export function textProblem(vr: TextVr, text: string): string | undefined {
  const length = [...text].length;
  if (length > LENGTHS[vr]) {
    return `has ${length} characters, at most ${LENGTHS[vr]} fit into it (${vr})`;
  }
  if (!text.isWellFormed()) {
    return 'is not Unicode text';
  }
  if ((vr === 'LT' ? CONTROL_IN_LT : CONTROL).test(text)) {
    return 'has control characters';
  }
  if (vr !== 'LT' && text.includes('\\')) {
    return 'has a backslash, which divides values in DICOM';
  }
  if (vr === 'AE' && !AE_TITLE.test(text)) {
    return 'is no AE title: 16 plain characters at most';
  }
  return vr === 'CS' && !CODE.test(text) ? 'is no code: capital letters, digits, "_" and spaces' : undefined;
}

/** Why a text is no person's name, in words: in DICOM's form or in plain words. PS3.5 6.2.1. */
export function nameProblem(text: string): string | undefined {
  const groups = text.split('=');
  if (groups.length > NAME_GROUPS) {
    return `has ${groups.length} groups divided by "=", at most ${NAME_GROUPS} make a name`;
  }
  const long = groups.find((group) => [...group].length > NAME_GROUP_LENGTH);
  if (long !== undefined) {
    return `has ${[...long].length} characters in one group, at most ${NAME_GROUP_LENGTH} fit into it (PN)`;
  }
  if (groups.some((group) => group.split('^').length > NAME_COMPONENTS)) {
    return `has more than ${NAME_COMPONENTS} parts divided by "^"`;
  }
  // A name's length is a group's; the rest of the rules is that of other short texts.
  return textProblem('LT', text) ?? (/[\p{Cc}\\]/u.test(text) ? 'has control characters or a backslash' : undefined);
}

export function isStrictUid(text: string): boolean {
  return text.length <= UID_LENGTH && UID.test(text);
}

/** A day, or a year where nobody knows more. */
export function isBirthDate(text: string): boolean {
  return (/^\d{4}$/.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text)) && parseDate(text) !== undefined;
}

/** A local time as `YYYY-MM-DDTHH:MM:SS`; a day alone is its beginning, or its end. Undefined for anything else. */
export function localTime(text: string, edge: 'first' | 'last' = 'first'): string | undefined {
  const match = LOCAL_TIME.exec(text);
  const [, day = '', hour, minute, second] = match ?? [];
  if (match === null || parseDate(day) === undefined) {
    return undefined;
  }
  if (hour === undefined || minute === undefined) {
    return `${day}T${edge === 'first' ? '00:00:00' : '23:59:59'}`;
  }
  return `${day}T${hour}:${minute}:${second ?? (edge === 'first' ? '00' : '59')}`;
}

/** Now, as the clocks on the facility's walls say: `YYYY-MM-DDTHH:MM:SS`. */
export function localNow(now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${String(now.getFullYear()).padStart(4, '0')}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day}T${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

/** A text as it is kept: NFC, without spaces around it, runs of spaces as one. */
export function tidy(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Objects and lists inside each other. */
const MAX_JSON_DEPTH = 16;

/** Why a JSON value cannot be kept as it is, in words. Walks without recursion: it may be nested as deep as it is long. */
export function jsonProblem(value: unknown, maxBytes: number): string | undefined {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH) {
      return `is nested more than ${MAX_JSON_DEPTH} deep`;
    }
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  const bytes = Buffer.byteLength(JSON.stringify(value));
  return bytes > maxBytes ? `has ${bytes} bytes as JSON, at most ${maxBytes} are kept` : undefined;
}
