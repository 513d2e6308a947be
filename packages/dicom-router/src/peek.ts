import { constants, inflateRawSync } from 'node:zlib';
import { findTransferSyntax, isVr, LONG_VRS, type TransferSyntax, trimUid } from '@filmless/dicom';

/** What routing and the check of the command need, read from the first bytes of a data set. */
export interface Peeked {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly modality: string | undefined;
}

/** Inflated at once for a look; headers shrink to a tenth at most. */
const MAX_INFLATED_BYTES = 1_048_576;

const SOP_CLASS_UID = 0x00080016;
const SOP_INSTANCE_UID = 0x00080018;
const MODALITY = 0x00080060;

/**
 * Reads SOP Class UID, SOP Instance UID and Modality from the beginning of a data set, without a parser: they stand before
 * any sequence in nearly every object. Undefined when it is not that simple; then the file must be inspected.
 */
export function peek(beginning: Uint8Array, transferSyntaxUid: string): Peeked | undefined {
  const opened = openBeginning(beginning, transferSyntaxUid);
  if (opened === undefined) {
    return undefined;
  }
  const { head, syntax } = opened;
  const values = new Map<number, string>();
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let offset = 0; ; ) {
    const element = readElement(view, head, offset, syntax);
    if (element === undefined || element.tag > MODALITY) {
      return result(values, element !== undefined);
    }
    if (element.tag === SOP_CLASS_UID || element.tag === SOP_INSTANCE_UID || element.tag === MODALITY) {
      const text = Buffer.from(head.subarray(element.start, element.end)).toString('latin1');
      values.set(element.tag, trimUid(text));
    }
    offset = element.end;
  }
}

/** The first bytes of a data set as they are read; undefined where they cannot be. */
export function openBeginning(
  beginning: Uint8Array,
  transferSyntaxUid: string,
): { readonly head: Uint8Array; readonly syntax: TransferSyntax } | undefined {
  const syntax = findTransferSyntax(transferSyntaxUid);
  const head = syntax?.deflated === true ? inflatedBeginning(beginning) : beginning;
  return syntax === undefined || head === undefined ? undefined : { head, syntax };
}

/** As much as a beginning inflates to; undefined where it is no deflate stream, or inflates beyond measure. PS3.5 A.5. */
function inflatedBeginning(beginning: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(beginning, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED_BYTES });
  } catch {
    return undefined;
  }
}

function result(values: ReadonlyMap<number, string>, passedModality: boolean): Peeked | undefined {
  const sopClassUid = values.get(SOP_CLASS_UID);
  const sopInstanceUid = values.get(SOP_INSTANCE_UID);
  const complete = passedModality || values.has(MODALITY);
  return sopClassUid === undefined || sopInstanceUid === undefined || !complete
    ? undefined
    : { sopClassUid, sopInstanceUid, modality: values.get(MODALITY) };
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** One element with a defined length that lies in `head`; undefined otherwise. PS3.5 7.1. */
function readElement(view: DataView, head: Uint8Array, offset: number, syntax: TransferSyntax): Element | undefined {
  if (offset + 12 > view.byteLength) {
    return undefined;
  }
  const little = syntax.littleEndian;
  const tag = view.getUint16(offset, little) * 0x10000 + view.getUint16(offset + 2, little);
  const { start, length } = syntax.explicitVr
    ? explicitLength(view, head, offset, little)
    : { start: offset + 8, length: view.getUint32(offset + 4, little) };
  const end = start + length;
  return end > view.byteLength ? undefined : { tag, start, end };
}

function explicitLength(view: DataView, head: Uint8Array, offset: number, little: boolean): { start: number; length: number } {
  const vr = String.fromCharCode(head[offset + 4] ?? 0, head[offset + 5] ?? 0);
  return isVr(vr) && !LONG_VRS.has(vr)
    ? { start: offset + 8, length: view.getUint16(offset + 6, little) }
    : { start: offset + 12, length: view.getUint32(offset + 8, little) };
}
