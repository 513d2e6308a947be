import { DicomError } from '../errors.ts';
import { type CharacterSet, characterSet, correctedCharacterSet } from '../text/character-set.ts';
import type { TransferSyntax } from '../transfer-syntax.ts';
import { BINARY_VRS, type Vr } from '../vr.ts';
import { actualEncoding } from './actual-encoding.ts';
import { toBase64 } from './base64.ts';
import { decodeNumbers, decodeTexts, numberWidth, type ValueBudget } from './decode-value.ts';
import { UNDEFINED_LENGTH } from './element-header.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './limits.ts';
import type { Attribute, DataSet, JsonValue, MutableDataSet, TagKey } from './model.ts';
import { resolveVr, type VrContext } from './resolve-vr.ts';
import { PIXEL_DATA_TAGS, type ScannedElement, type ScannedItem, scanDataSet, scanUnknownSequence } from './scan.ts';

export interface ReadOptions {
  readonly transferSyntax: Pick<TransferSyntax, 'explicitVr' | 'littleEndian'>;
  readonly limits?: ReadLimits;
  /** Terms to go by where the data set names no Specific Character Set. */
  readonly characterSets?: readonly string[];
  /** Term to go by whatever the data set names, for a sender that names a wrong one. */
  readonly correctedCharacterSet?: string | undefined;
  /** Binary values of more bytes than `threshold`, and Pixel Data always, are referred to, not held. Without it all are held. */
  readonly bulkData?: { readonly threshold: number };
  /** Stop before the value of the outermost Pixel Data (also Float and Double Float); `pixelData` then says where it lies. */
  readonly stopAtPixelData?: boolean;
  /** The bytes are the beginning of a longer data set: when they run out before Pixel Data the error is `truncated`. */
  readonly partial?: boolean;
  /** Stop before the first outermost element of this tag or a higher one: what stands behind is not looked at. */
  readonly stopBefore?: TagKey;
}

/** Where a value lies that the data set only refers to. */
export interface BulkLocation {
  /** Tags and item numbers joined by `/`, as in the BulkDataURI after `bulkdata/`. */
  readonly path: string;
  readonly vr: Vr;
  /** First byte of the value in the bytes given. */
  readonly offset: number;
  /** Bytes of the value; of fragments all of them with their item headers, without the end marker. */
  readonly length: number;
}

/** The Pixel Data the reading stopped at. */
export interface PixelDataLocation {
  readonly tag: TagKey;
  readonly vr: Vr;
  readonly offset: number;
  /** As written; undefined for fragments. */
  readonly length: number | undefined;
}

export interface ReadResult {
  readonly dataSet: DataSet;
  readonly bulk: readonly BulkLocation[];
  /** First byte that was not read. */
  readonly end: number;
  readonly pixelData?: PixelDataLocation;
  /** What was odd and read all the same. */
  readonly warnings: readonly string[];
}

/** A list of numbers of more bytes than this is referred to rather than spelled out. A look-up table of 65,536 entries is not. */
const MAX_NUMBERS_INLINE_BYTES = 262_144;
const DEFAULT_CHARACTER_SET: readonly string[] = [];

interface Around extends VrContext {
  readonly characterSet: CharacterSet;
  readonly path: string;
  readonly depth: number;
}

class Reader {
  readonly bulk: BulkLocation[] = [];
  private readonly budget: ValueBudget;
  /** What is left of `maxElements` for sequences that only show when they are read. */
  private elementsLeft: number;
  private readonly bytes: Uint8Array;
  private readonly limits: ReadLimits;
  private readonly threshold: number | undefined;

  readonly characterSetFor: (terms: readonly string[]) => CharacterSet;

  constructor(
    bytes: Uint8Array,
    limits: ReadLimits,
    { bulkData, correctedCharacterSet: corrected }: ReadOptions,
    elements: number,
  ) {
    this.elementsLeft = limits.maxElements - elements;
    this.characterSetFor = corrected === undefined ? characterSet : (terms) => correctedCharacterSet([corrected], terms);
    this.bytes = bytes;
    this.limits = limits;
    this.threshold = bulkData?.threshold;
    this.budget = { left: limits.maxValues };
  }

  /** Recursion is safe: the scan has checked the depth. */
  dataSet(elements: ScannedItem, outer: Around): DataSet {
    const inside = { ...outer, ...this.contextOf(elements, outer) };
    const dataSet: MutableDataSet = {};
    const ordered = isAscending(elements) ? elements : elements.toSorted((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0));
    for (const element of ordered) {
      dataSet[element.tag] = this.attribute(element, inside);
    }
    return dataSet;
  }

  private contextOf(elements: ScannedItem, outer: Around): Pick<Around, 'characterSet' | 'signedPixels' | 'lutEntries'> {
    const terms = elements.findLast(({ tag }) => tag === '00080005');
    const signed = elements.findLast(({ tag }) => tag === '00280103');
    const descriptor = elements.findLast(({ tag }) => tag === '00283002');
    return {
      characterSet: terms === undefined ? outer.characterSet : this.characterSetOf(terms, outer),
      signedPixels: signed === undefined ? outer.signedPixels : this.firstUint16(signed) === 1,
      lutEntries: descriptor === undefined ? undefined : this.firstUint16(descriptor),
    };
  }

  private characterSetOf(element: ScannedElement, outer: Around): CharacterSet {
    const terms = decodeTexts(this.value(element), 'CS', characterSet([]), this.budget);
    return terms.length === 0
      ? outer.characterSet
      : this.characterSetFor(terms.map((term) => (typeof term === 'string' ? term : '')));
  }

  private firstUint16(element: ScannedElement): number | undefined {
    const [value] = decodeNumbers(this.value(element).subarray(0, 2), 'US', element.littleEndian, this.budget);
    return typeof value === 'number' ? value : undefined;
  }

  private value({ offset, length }: ScannedElement): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }

  private attribute(element: ScannedElement, around: Around): Attribute {
    const { tag } = element;
    if (element.items !== undefined) {
      return this.sequence(tag, element.items, around);
    }
    const vr = element.vr === undefined ? resolveVr(tag, around) : element.vr;
    if (vr !== 'UN' || element.undefinedLength) {
      return this.plain(element, vr === 'SQ' ? 'UN' : vr, around);
    }
    return this.unknown(element, around);
  }

  private sequence(tag: TagKey, items: readonly ScannedItem[], around: Around): Attribute {
    const Value = items.map((item, index) =>
      this.dataSet(item, { ...around, path: `${around.path}${tag}/${index}/`, depth: around.depth + 1 }),
    );
    return Value.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value };
  }

  /** UN of an element the dictionary knows was made so by a system that did not: implicit little endian. PS3.5 6.2.2 note 2. */
  private unknown(element: ScannedElement, around: Around): Attribute {
    const vr = resolveVr(element.tag, around);
    if (vr !== 'SQ') {
      return this.plain({ ...element, littleEndian: true }, vr, around);
    }
    try {
      const limits = { ...this.limits, maxElements: this.elementsLeft };
      const { items, count } = scanUnknownSequence(this.bytes, element, around.depth, limits);
      this.elementsLeft -= count;
      return this.sequence(element.tag, items, around);
    } catch (error) {
      if (error instanceof DicomError && error.code !== 'limit-exceeded') {
        return this.plain(element, 'UN', around);
      }
      throw error;
    }
  }

  private plain(element: ScannedElement, vr: Vr, around: Around): Attribute {
    if (element.length === 0 && !element.undefinedLength) {
      return { vr };
    }
    if (this.isBulk(element, vr)) {
      const path = around.path + element.tag;
      this.bulk.push({ path, vr, offset: element.offset, length: element.length });
      return { vr, BulkDataURI: `bulkdata/${path}` };
    }
    const bytes = this.value(element);
    if (BINARY_VRS.has(vr)) {
      return { vr, InlineBinary: toBase64(littleEndianWords(bytes, vr, element)) };
    }
    const Value = this.values(bytes, vr, element, around);
    return Value.length === 0 ? { vr } : { vr, Value };
  }

  private values(bytes: Uint8Array, vr: Vr, element: ScannedElement, around: Around): readonly JsonValue[] {
    return numberWidth(vr) === undefined
      ? decodeTexts(bytes, vr, around.characterSet, this.budget)
      : decodeNumbers(bytes, vr, element.littleEndian, this.budget);
  }

  private isBulk({ tag, length }: ScannedElement, vr: Vr): boolean {
    if (this.threshold === undefined) {
      return false;
    }
    if (BINARY_VRS.has(vr)) {
      return PIXEL_DATA_TAGS.has(tag) || length > this.threshold;
    }
    return numberWidth(vr) !== undefined && length > MAX_NUMBERS_INLINE_BYTES;
  }
}

function isAscending(elements: ScannedItem): boolean {
  return elements.every((element, index) => index === 0 || (elements[index - 1]?.tag ?? '') < element.tag);
}

const WORD_BYTES: Partial<Record<Vr, number>> = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 };

/** InlineBinary is little endian whatever the data set was. PS3.18 F.2.7. */
function littleEndianWords(bytes: Uint8Array, vr: Vr, { littleEndian, undefinedLength }: ScannedElement): Uint8Array {
  const width = WORD_BYTES[vr] ?? 1;
  if (littleEndian || width === 1 || undefinedLength) {
    return bytes;
  }
  // NOTE: no `slice`: that of a Buffer is the same memory.
  const swapped = new Uint8Array(bytes);
  for (let start = 0; start + width <= swapped.byteLength; start += width) {
    swapped.subarray(start, start + width).reverse();
  }
  return swapped;
}

/**
 * Reads a data set (without file meta information, and already inflated) into the DICOM JSON model.
 * @throws DicomError `truncated`, `invalid-element`, `limit-exceeded`
 */
export function readDataSet(bytes: Uint8Array, options: ReadOptions): ReadResult {
  const limits = options.limits ?? DEFAULT_READ_LIMITS;
  const { explicitVr, littleEndian } = options.transferSyntax;
  const encoding = actualEncoding(bytes, { explicitVr, littleEndian });
  const scan = scanDataSet(bytes, {
    encoding,
    limits,
    stopAtPixelData: options.stopAtPixelData ?? false,
    partial: options.partial ?? false,
    stopBefore: options.stopBefore,
  });
  const reader = new Reader(bytes, limits, options, scan.count);
  const dataSet = reader.dataSet(scan.elements, {
    characterSet: reader.characterSetFor(options.characterSets ?? DEFAULT_CHARACTER_SET),
    signedPixels: false,
    lutEntries: undefined,
    path: '',
    depth: 0,
  });
  const misread =
    encoding.explicitVr === explicitVr
      ? []
      : [`the data set is ${encoding.explicitVr ? 'explicit' : 'implicit'}, against its transfer syntax`];
  const result = { dataSet, bulk: reader.bulk, end: scan.end, warnings: [...misread, ...scan.warnings] };
  const { stoppedAt } = scan;
  if (stoppedAt === undefined) {
    return result;
  }
  const { tag, offset, length } = stoppedAt;
  const pixelData = {
    tag,
    vr: stoppedAt.vr ?? (length === UNDEFINED_LENGTH ? 'OB' : 'OW'),
    offset,
    length: length === UNDEFINED_LENGTH ? undefined : length,
  };
  return { ...result, end: offset, pixelData };
}
