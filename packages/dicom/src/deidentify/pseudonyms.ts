import { firstText, itemsOf } from '../dataset/accessors.ts';
import type { DataSet } from '../dataset/model.ts';
import { trimUid } from '../uid.ts';

/**
 * HMAC-SHA-256 under the secret of the installation: 32 bytes. Whoever does not have the secret cannot go back from a pseudonym, nor
 * try out who it might be.
 */
export type Mac = (message: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/** What takes the place of what identifies: the same for the same secret and scope, at any time. */
export interface Pseudonyms {
  /** Letters and digits, without prefix. */
  readonly patient: string;
  /** Days that dates of this patient move; negative, towards the past. */
  readonly days: number;
  /** Another UID in the place of one of the data set. */
  uid(original: string): string;
}

/** Unless a profile says how far dates may move: ten years. */
const DEFAULT_SHIFT_DAYS = 3652;
/** Without the letters that are taken for digits, and the reverse. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PSEUDONYM_LETTERS = 12;

const encoder = new TextEncoder();

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** PS3.5 B.2, with the first 128 bits of the MAC where a random UUID would stand. */
function uidOf(mac: Uint8Array): string {
  return `2.25.${BigInt(`0x${hex(mac.subarray(0, 16))}`)}`;
}

function lettersOf(mac: Uint8Array): string {
  return Array.from(mac.subarray(0, PSEUDONYM_LETTERS), (byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** Every UID of a data set, at any level. */
function collect(dataSet: DataSet, found: Set<string>): void {
  for (const attribute of Object.values(dataSet)) {
    for (const item of itemsOf(attribute)) {
      collect(item, found);
    }
    for (const value of attribute.vr === 'UI' ? (attribute.Value ?? []) : []) {
      if (typeof value === 'string') {
        found.add(trimUid(value));
      }
    }
  }
}

/**
 * Who the patient is: Patient ID within its issuer. Without an ID the name and birth date; without any of these every study is
 * somebody else's.
 */
function patientKey(dataSet: DataSet): readonly string[] {
  const id = firstText(dataSet, '00100020')?.trim() ?? '';
  if (id !== '') {
    return ['id', firstText(dataSet, '00100021')?.trim() ?? '', id];
  }
  const name = firstText(dataSet, '00100010')?.trim() ?? '';
  return name === ''
    ? ['study', firstText(dataSet, '0020000D') ?? '']
    : ['name', name, firstText(dataSet, '00100030')?.trim() ?? ''];
}

/**
 * Works out every pseudonym that a data set needs.
 * @param scope pseudonyms of one scope cannot be told to belong to those of another
 */
export async function pseudonymsOf(
  dataSet: DataSet,
  mac: Mac,
  scope: string,
  shiftDays: number = DEFAULT_SHIFT_DAYS,
): Promise<Pseudonyms> {
  // Parts are told apart by a character that none of them holds.
  const macOf = async (...parts: readonly string[]) => await mac(encoder.encode([scope, ...parts].join('\0')));
  const found = new Set<string>();
  collect(dataSet, found);
  const uids = new Map<string, string>();
  for (const uid of found) {
    uids.set(uid, uidOf(await macOf('uid', uid)));
  }
  const key = patientKey(dataSet);
  const shift = new DataView(Uint8Array.from(await macOf('shift', ...key)).buffer).getUint32(0);
  return {
    patient: lettersOf(await macOf('patient', ...key)),
    days: -1 - (shift % shiftDays),
    uid: (original) => {
      const uid = uids.get(original);
      if (uid === undefined) {
        throw new RangeError('a UID that is not of this data set');
      }
      return uid;
    },
  };
}
