import { isUid, isVr, LONG_VRS, type TransferSyntax, trimUid } from '@filmless/dicom';
import { type DataSetStream, drain } from './dimse/message.ts';
import { openBeginning } from './peek.ts';

/** As much of an object as is looked at: the Study Instance UID stands in its first few kilobytes. */
const HEAD_BYTES = 65_536;
const STUDY_INSTANCE_UID = 0x0020000d;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED_LENGTH = 0xffffffff;
const DEEPEST = 16;

/** Reads a data set to its end, and gives its first bytes. */
export async function drainForHead(dataSet: DataSetStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES && !dataSet.isRead) {
    const { value, done } = await dataSet.next();
    if (done === true) {
      break;
    }
    // The next piece may come in the same memory.
    pieces.push(value.slice(0, HEAD_BYTES - bytes));
    bytes += value.length;
  }
  await drain(dataSet);
  return Buffer.concat(pieces);
}

/** Study Instance UID out of the first bytes of a data set that is not kept; undefined where it cannot be seen. */
export function peekStudy(beginning: Uint8Array, transferSyntaxUid: string): string | undefined {
  const opened = openBeginning(beginning, transferSyntaxUid);
  if (opened === undefined) {
    return undefined;
  }
  const look = new Look(opened.head, opened.syntax);
  for (let offset = 0; ; ) {
    const element = look.element(offset);
    if (element === undefined || element.tag > STUDY_INSTANCE_UID) {
      return undefined;
    }
    const end = look.endOf(element, 0);
    if (end === undefined) {
      return undefined;
    }
    if (element.tag === STUDY_INSTANCE_UID) {
      const uid = trimUid(Buffer.from(opened.head.subarray(element.start, end)).toString('latin1'));
      return isUid(uid) ? uid : undefined;
    }
    offset = end;
  }
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly length: number;
}

/** Walks elements and passes over sequences of any length. PS3.5 7.1, 7.5. */
class Look {
  readonly #head: Uint8Array;
  readonly #view: DataView;
  readonly #syntax: TransferSyntax;

  constructor(head: Uint8Array, syntax: TransferSyntax) {
    this.#head = head;
    this.#view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    this.#syntax = syntax;
  }

  element(offset: number): Element | undefined {
    if (offset + 12 > this.#head.length) {
      return undefined;
    }
    const { littleEndian: little, explicitVr } = this.#syntax;
    const tag = this.#view.getUint16(offset, little) * 0x10000 + this.#view.getUint16(offset + 2, little);
    if (!explicitVr || tag === ITEM || tag === ITEM_END || tag === SEQUENCE_END) {
      return { tag, start: offset + 8, length: this.#view.getUint32(offset + 4, little) };
    }
    const vr = String.fromCharCode(this.#head[offset + 4] ?? 0, this.#head[offset + 5] ?? 0);
    return isVr(vr) && !LONG_VRS.has(vr)
      ? { tag, start: offset + 8, length: this.#view.getUint16(offset + 6, little) }
      : { tag, start: offset + 12, length: this.#view.getUint32(offset + 8, little) };
  }

  /** Where what follows begins; undefined where that is beyond the bytes at hand. */
  endOf({ start, length }: Element, depth: number): number | undefined {
    if (length !== UNDEFINED_LENGTH) {
      const end = start + length;
      return end > this.#head.length ? undefined : end;
    }
    return depth > DEEPEST ? undefined : this.#passOver(start, depth);
  }

  /** To behind the delimiter of a sequence or an item whose length is not given. */
  #passOver(start: number, depth: number): number | undefined {
    for (let offset = start; ; ) {
      const element = this.element(offset);
      if (element === undefined) {
        return undefined;
      }
      if (element.tag === SEQUENCE_END || element.tag === ITEM_END) {
        return element.start;
      }
      const end = this.endOf(element, depth + 1);
      if (end === undefined) {
        return undefined;
      }
      offset = end;
    }
  }
}
