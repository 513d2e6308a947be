import { ACCESS_LIMITS } from '../limits.ts';

/** Long enough by length alone, yet among the first that are tried; compared folded, without digits at the end. */
const COMMON: ReadonlySet<string> = new Set([
  'administrator',
  'bacsibacsi',
  'benhvienbenhvien',
  'changeme',
  'changemenow',
  'dakhoadakhoa',
  'filmless',
  'filmlessadmin',
  'iloveyou',
  'letmeinletmein',
  'matkhau',
  'matkhaumatkhau',
  'password',
  'passwordpassword',
  'qwerty',
  'qwertyuiop',
  'qwertyuiopasdf',
  'welcome',
]);

const RUNS: readonly string[] = ['0123456789012345678901234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];

const FEWEST_CHARACTERS = 5;

/** One form of the same typed text: keyboards and systems differ in how they compose Vietnamese letters. RFC 8265 4.2. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/** Why a password won't do, in words; undefined when it will. */
export function passwordFault(password: string, username: string, minLength: number): string | undefined {
  const text = normalisePassword(password);
  const folded = text.toLowerCase();
  if (Array.from(text).length < minLength) {
    return `The password needs at least ${minLength} characters.`;
  }
  if (Buffer.byteLength(text) > ACCESS_LIMITS.passwordMaxBytes) {
    return `The password is longer than ${ACCESS_LIMITS.passwordMaxBytes} bytes.`;
  }
  if (new Set(folded).size < FEWEST_CHARACTERS) {
    return `The password needs at least ${FEWEST_CHARACTERS} different characters.`;
  }
  if (username.length > 2 && folded.replaceAll(username.toLowerCase(), '').length < minLength / 2) {
    return 'The password is too close to the user name.';
  }
  if (COMMON.has(folded.replace(/[\d\W_]+$/u, '')) || RUNS.some((run) => run.includes(folded))) {
    return 'The password is among those that are tried first. Take some words that do not belong together.';
  }
  return undefined;
}
