import { crc32 } from 'node:zlib';
import { findTransferSyntax, type TransferSyntax } from '@filmless/dicom';
import { ENVELOPE_FORMAT, type Envelope, parseEnvelope } from './envelope.ts';
import { ArchiveError } from './errors.ts';

/** An object in a file or pack: where its bytes as sent begin, and what is known of it; `size` says where they end. */
export interface Member {
  readonly offset: number;
  readonly envelope: Envelope;
}

/** What stands behind the objects of a file; `torn` and `unknown` as in `FoundObject`. */
export type DecodedFooter =
  | { readonly members: readonly Member[] }
  | { readonly broken: 'torn' | 'unknown'; readonly reason: string };

/** Ends each file: length and CRC-32 of the JSON before it, little endian, and these eight bytes. The last of them says which form. */
const MAGIC = Buffer.from('Filmless', 'latin1');
const TAIL_BYTES = 8 + MAGIC.byteLength;
/** Tag and length, with VR and two reserved bytes where they are explicit. PS3.5 7.1. */
const IMPLICIT_HEADER = 8;
const EXPLICIT_HEADER = 12;
/** Of one object some 1 kB; of a pack 256 of them. The names in it are bounded by their senders. */
const MAX_FOOTER_BYTES = 1_048_576;
/** The footer of one object lies within this, so that it is read at once. */
const USUAL_BYTES = 8192;

/**
 * The footer of a file: for others an element (FFFC,FFFC) Data Set Trailing Padding, OB, in the transfer syntax of the last
 * member (PS3.5 7.1, PS3.10 7.2); behind a deflated stream it is merely trailing bytes. Its value is JSON, padded to an even
 * length, and the tail. `multipleOf`, an even number: JSON is padded so far that the file's length is one (behind objects of an odd length it is not).
 * @throws ArchiveError `limit-exceeded`
 */
export function encodeFooter(key: string, members: readonly Member[], multipleOf = 2): Uint8Array {
  const text = JSON.stringify({
    format: ENVELOPE_FORMAT,
    key,
    members: members.map(({ offset, envelope }) => ({ offset, ...envelope })),
  });
  const last = members.at(-1);
  const syntax = findTransferSyntax(last?.envelope.transferSyntaxUid ?? '');
  const headerBytes = (syntax?.explicitVr ?? true) ? EXPLICIT_HEADER : IMPLICIT_HEADER;
  const before = (last?.offset ?? 0) + (last?.envelope.size ?? 0) + headerBytes + TAIL_BYTES;
  const [start, unit] = before % 2 === 0 ? [before, multipleOf] : [0, 2];
  const length = Buffer.byteLength(text);
  const padded = length + ((unit - ((start + length) % unit)) % unit);
  if (padded > MAX_FOOTER_BYTES) {
    throw new ArchiveError('limit-exceeded', `what is known of the object has more than ${MAX_FOOTER_BYTES} bytes`);
  }
  // NOTE: whose memory is its own: it goes to another thread, which would be sent all of a shared piece.
  const footer = Buffer.allocUnsafeSlow(headerBytes + padded + TAIL_BYTES);
  writeElementHeader(footer, padded + TAIL_BYTES, syntax);
  footer.write(text, headerBytes);
  footer.fill(0x20, headerBytes + length, headerBytes + padded);
  const tail = headerBytes + padded;
  footer.writeUInt32LE(padded, tail);
  footer.writeUInt32LE(crc32(footer.subarray(headerBytes, tail)), tail + 4);
  MAGIC.copy(footer, tail + 8);
  return footer;
}

function writeElementHeader(footer: Buffer, length: number, syntax: TransferSyntax | undefined): void {
  const little = syntax?.littleEndian ?? true;
  const explicit = syntax?.explicitVr ?? true;
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  view.setUint16(0, 0xfffc, little);
  view.setUint16(2, 0xfffc, little);
  if (explicit) {
    footer.write('OB\0\0', 4, 'latin1');
  }
  view.setUint32((explicit ? EXPLICIT_HEADER : IMPLICIT_HEADER) - 4, length, little);
}

/**
 * Reads the footer of a file or pack. A footer counts only under the key that it names: the sent bytes may end in the footer of
 * another file, which somebody took out of a store.
 * @throws what `read` throws
 */
export async function readFooter(
  read: (offset: number, length: number) => Promise<Uint8Array>,
  fileSize: number,
  key: string,
): Promise<DecodedFooter> {
  const most = Math.min(fileSize, USUAL_BYTES);
  const end = await read(fileSize - most, most);
  const length = jsonLength(end);
  if (length === undefined || length + TAIL_BYTES > fileSize || length > MAX_FOOTER_BYTES) {
    return torn('no footer behind it');
  }
  const needed = length + TAIL_BYTES;
  const footer = needed <= end.byteLength ? end : await read(fileSize - needed, needed);
  const json = footer.subarray(footer.byteLength - needed, footer.byteLength - TAIL_BYTES);
  if (json.byteLength !== length || crc32(json) !== viewOf(footer).getUint32(footer.byteLength - TAIL_BYTES + 4, true)) {
    return torn('the footer behind it is not whole');
  }
  return decode(json, fileSize - needed, key);
}

/** What the tail says; undefined where there is none. */
function jsonLength(end: Uint8Array): number | undefined {
  const tail = end.byteLength - TAIL_BYTES;
  const isTail = tail >= 0 && MAGIC.equals(end.subarray(end.byteLength - MAGIC.byteLength));
  return isTail ? viewOf(end).getUint32(tail, true) : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decode(json: Uint8Array, jsonOffset: number, key: string): DecodedFooter {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    return torn('the footer behind it is not JSON');
  }
  const fields = new Map<string, unknown>(Object.entries(value ?? {}));
  if (fields.get('key') !== key) {
    return torn('the footer behind it belongs to another file');
  }
  if (fields.get('format') !== ENVELOPE_FORMAT) {
    return unknown(`format ${String(fields.get('format'))}, this version knows ${ENVELOPE_FORMAT}`);
  }
  try {
    const listed = fields.get('members');
    const members = (Array.isArray(listed) ? listed : []).map(parseMember);
    return followOneAnother(members, jsonOffset) ? { members } : unknown('its sizes are not those of the file');
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

/** @throws ArchiveError `store-away` */
function parseMember(value: unknown): Member {
  const { offset, ...envelope } = Object.fromEntries(Object.entries(value ?? {}));
  if (typeof offset !== 'number') {
    throw new ArchiveError('store-away', 'the envelope cannot be used: its offset is missing');
  }
  return { offset, envelope: parseEnvelope(envelope) };
}

function followOneAnother(members: readonly Member[], jsonOffset: number): boolean {
  let end = 0;
  for (const { offset, envelope } of members) {
    if (offset !== end || envelope.size < 0) {
      return false;
    }
    end += envelope.size;
  }
  const header = jsonOffset - end;
  return members.length > 0 && (header === IMPLICIT_HEADER || header === EXPLICIT_HEADER);
}

function torn(reason: string): DecodedFooter {
  return { broken: 'torn', reason };
}

function unknown(reason: string): DecodedFooter {
  return { broken: 'unknown', reason };
}
