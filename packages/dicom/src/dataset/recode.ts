import type { TransferSyntax } from '../transfer-syntax.ts';
import type { Vr } from '../vr.ts';
import { actualEncoding } from './actual-encoding.ts';
import { toBigEndian, turnedWords, WORD_BYTES } from './big-endian.ts';
import { ITEM, SEQUENCE_DELIMITER, UNDEFINED_LENGTH } from './element-header.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './limits.ts';
import type { DataSet, TagKey } from './model.ts';
import { resolveVr, type VrContext } from './resolve-vr.ts';
import { type ScannedElement, type ScannedItem, scanDataSet } from './scan.ts';
import { writeDataSet } from './write.ts';
import { append, appendAll, type Chunks, elementHeader, padded } from './write-element.ts';

export interface RecodeOptions {
  /** What the bytes are said to be in. */
  readonly from: Pick<TransferSyntax, 'explicitVr' | 'littleEndian'>;
  /** `encapsulated`: values in fragments, as an icon may have, can stay so; images that cannot are left out. */
  readonly to: Pick<TransferSyntax, 'explicitVr' | 'encapsulated'> & Partial<Pick<TransferSyntax, 'littleEndian'>>;
  /** In place of what the data set has, or beside it; outermost elements only. Its Specific Character Set must hold their texts. */
  readonly replace?: DataSet;
  /** What the data set's Specific Character Set names, for texts of `replace`. */
  readonly characterSets?: readonly string[];
  /** Outermost elements that are left out. */
  readonly omit?: ReadonlySet<TagKey>;
  readonly limits?: ReadLimits;
}

const ICON_IMAGE_SEQUENCE: TagKey = '00880200';
const PIXEL_DATA: TagKey = '7FE00010';
const PIXEL_REPRESENTATION: TagKey = '00280103';
const LUT_DESCRIPTOR: TagKey = '00283002';

/**
 * The elements of a data set before its Pixel Data in another transfer syntax. Values keep their bytes, in whatever character set,
 * padding and precision they were written: only headers are made anew, words turned and odd lengths filled up. Group
 * lengths, which would no longer be right, are left out. PS3.5 7.1, 7.2.
 * @returns pieces to be written one after the other; most are part of `bytes`
 * @throws DicomError `invalid-element`, `truncated`, `limit-exceeded`
 */
export function recodeDataSet(bytes: Uint8Array, options: RecodeOptions): readonly Uint8Array[] {
  const { explicitVr, littleEndian } = options.from;
  const encoding = actualEncoding(bytes, { explicitVr, littleEndian });
  const limits = options.limits ?? DEFAULT_READ_LIMITS;
  const { elements } = scanDataSet(bytes, { encoding, limits, stopAtPixelData: true, partial: false });
  const { parts } = new Recoder(bytes, options).outermost(elements);
  return options.to.littleEndian === false ? [toBigEndian(Buffer.concat(parts))] : parts;
}

/** Recursion is safe: the scan has checked the depth. */
class Recoder {
  readonly #bytes: Uint8Array;
  readonly #options: RecodeOptions;

  constructor(bytes: Uint8Array, options: RecodeOptions) {
    this.#bytes = bytes;
    this.#options = options;
  }

  outermost(elements: ScannedItem): Chunks {
    const { replace = {}, omit, to, characterSets = [] } = this.#options;
    const context = this.#contextOf(elements, { signedPixels: false, lutEntries: undefined });
    const kept = new Map(inOrder(elements).map((element) => [element.tag, element]));
    const chunks: Chunks = { parts: [], length: 0 };
    for (const tag of [...new Set([...kept.keys(), ...Object.keys(replace)])].sort()) {
      const element = kept.get(tag);
      const attribute = replace[tag];
      if (omit?.has(tag) === true) {
        continue;
      }
      if (attribute !== undefined) {
        append(chunks, writeDataSet({ [tag]: attribute }, { explicitVr: to.explicitVr, characterSets }));
      } else if (element !== undefined) {
        this.#element(chunks, element, context);
      }
    }
    return chunks;
  }

  #item(elements: ScannedItem, around: VrContext): Chunks {
    const context = this.#contextOf(elements, around);
    const chunks: Chunks = { parts: [], length: 0 };
    for (const element of inOrder(elements)) {
      this.#element(chunks, element, context);
    }
    return chunks;
  }

  #contextOf(elements: ScannedItem, around: VrContext): VrContext {
    const signed = elements.findLast(({ tag }) => tag === PIXEL_REPRESENTATION);
    const descriptor = elements.findLast(({ tag }) => tag === LUT_DESCRIPTOR);
    return {
      signedPixels: signed === undefined ? around.signedPixels : this.#firstUint16(signed) === 1,
      lutEntries: descriptor === undefined ? undefined : this.#firstUint16(descriptor),
    };
  }

  #firstUint16({ offset, length, littleEndian }: ScannedElement): number | undefined {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + offset, length);
    return length < 2 ? undefined : view.getUint16(0, littleEndian);
  }

  #element(chunks: Chunks, element: ScannedElement, context: VrContext): void {
    const { tag, items } = element;
    const { explicitVr } = this.#options.to;
    // Nested: the outermost is not among these elements.
    const isStuckImage = tag === PIXEL_DATA && element.undefinedLength && !this.#options.to.encapsulated;
    if (tag.endsWith('0000') || isStuckImage || (tag === ICON_IMAGE_SEQUENCE && this.#isStuck(element))) {
      return;
    }
    if (items !== undefined) {
      const value = this.#sequence(items, context);
      append(chunks, elementHeader(tag, 'SQ', value.length, explicitVr));
      appendAll(chunks, value.parts);
      return;
    }
    const vr = element.vr ?? resolveVr(tag, context);
    const { offset, length } = element;
    const value = this.#bytes.subarray(offset, offset + length);
    if (element.undefinedLength && this.#options.to.encapsulated) {
      const end = elementHeader(SEQUENCE_DELIMITER, 'UN', 0, explicitVr);
      append(chunks, elementHeader(tag, vr, UNDEFINED_LENGTH, explicitVr), value, end);
      return;
    }
    const written = element.undefinedLength ? 'UN' : vr;
    const even = padded(element.littleEndian ? value : swapped(value, vr), vr === 'SQ' ? 'UN' : vr);
    append(chunks, elementHeader(tag, written === 'SQ' ? 'UN' : written, even.byteLength, explicitVr), even);
  }

  /** An icon that is in fragments where none may be. It is only a smaller picture of what is there, and goes. PS3.3 C.7.6.1.1.6. */
  #isStuck({ items }: ScannedElement): boolean {
    return (
      !this.#options.to.encapsulated &&
      items?.some((item) => item.some((one) => one.undefinedLength && one.items === undefined)) === true
    );
  }

  #sequence(items: readonly ScannedItem[], context: VrContext): Chunks {
    const chunks: Chunks = { parts: [], length: 0 };
    for (const item of items) {
      const value = this.#item(item, context);
      append(chunks, elementHeader(ITEM, 'UN', value.length, this.#options.to.explicitVr));
      appendAll(chunks, value.parts);
    }
    return chunks;
  }
}

/** Ascending, as they must be; of several under one tag the last counts. PS3.5 7.1. */
function inOrder(elements: ScannedItem): readonly ScannedElement[] {
  const ascending = elements.every((element, index) => index === 0 || (elements[index - 1]?.tag ?? '') < element.tag);
  if (ascending) {
    return elements;
  }
  const last = new Map(elements.map((element) => [element.tag, element]));
  return [...last.values()].toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
}

function swapped(bytes: Uint8Array, vr: Vr): Uint8Array {
  const width = WORD_BYTES[vr] ?? 1;
  // NOTE: no `slice`: that of a Buffer is the same memory.
  return width === 1 ? bytes : turnedWords(new Uint8Array(bytes), width);
}
