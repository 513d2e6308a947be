import { lookupTag } from '../dictionary/dictionary.ts';
import { DicomError } from '../errors.ts';
import type { Vr } from '../vr.ts';
import {
  byteOrder,
  describeTag,
  type ElementEncoding,
  type ElementHeader,
  ITEM,
  ITEM_DELIMITER,
  readElementHeader,
  readTag,
  SEQUENCE_DELIMITER,
  UNDEFINED_LENGTH,
} from './element-header.ts';
import type { ReadLimits } from './limits.ts';
import type { TagKey } from './model.ts';
import { bytesToDelimiter, fragmentsFrom, type UndefinedValue } from './scan-fragments.ts';

/** Where an element lies: nothing of its value has been looked at. */
export interface ScannedElement {
  readonly tag: TagKey;
  /** Undefined where the dictionary and the data set have to say it. */
  readonly vr: Vr | undefined;
  readonly offset: number;
  /** Bytes of the value that are there; for fragments up to their delimiter. */
  readonly length: number;
  readonly littleEndian: boolean;
  /** The value is a run of fragments, or of bytes up to a delimiter. */
  readonly undefinedLength: boolean;
  readonly items?: readonly ScannedItem[];
}

export type ScannedItem = readonly ScannedElement[];

export interface ScanOptions {
  readonly encoding: ElementEncoding;
  readonly limits: ReadLimits;
  /** Stop before the value of the outermost Pixel Data. */
  readonly stopAtPixelData: boolean;
  /** The bytes are a beginning only: running out of them is an error. */
  readonly partial: boolean;
  /** Stop before the first outermost element of this tag or a higher one. */
  readonly stopBefore?: TagKey | undefined;
}

export interface ScanResult {
  readonly elements: readonly ScannedElement[];
  readonly end: number;
  /** Elements and items there are. */
  readonly count: number;
  /** The header of Pixel Data, when the scan stopped there. */
  readonly stoppedAt?: ElementHeader;
  readonly warnings: readonly string[];
}

interface Level {
  /** Absent for the items of a data set, present for the elements of one. */
  readonly elements?: ScannedElement[];
  readonly items?: ScannedItem[];
  /** First byte after it; of an undefined length the end of what holds it. */
  readonly end: number;
  readonly undefinedLength: boolean;
  readonly encoding: ElementEncoding;
  readonly name: string;
}

export const PIXEL_DATA_TAGS: ReadonlySet<TagKey> = new Set(['7FE00008', '7FE00009', '7FE00010']);
const FRAGMENT_VRS: ReadonlySet<Vr | undefined> = new Set<Vr | undefined>(['OB', 'OW', 'OF', 'OD', 'OL', 'OV']);
const IMPLICIT: ElementEncoding = { explicitVr: false, littleEndian: true };
const MAX_WARNINGS = 50;

/**
 * Walks a data set from element to element without recursion, checking every length against what holds it, and counting depth
 * and elements. dicom-parser reads the numbers; its own walk is not used, because it recurses without a limit, takes OV, SV and
 * UV for short VRs, and forgets the items of private sequences.
 */
class Scanner {
  private position: number;
  private count = 0;
  private stoppedAt: ElementHeader | undefined;
  private readonly levels: Level[];
  private readonly warnings: string[] = [];
  private readonly bytes: Uint8Array;
  private readonly options: ScanOptions;
  private readonly maxLevels: number;

  constructor(bytes: Uint8Array, options: ScanOptions, outermost: Level, position: number, maxLevels: number) {
    this.bytes = bytes;
    this.options = options;
    this.position = position;
    this.levels = [outermost];
    this.maxLevels = maxLevels;
  }

  run(): Omit<ScanResult, 'elements'> {
    for (let level = this.levels.at(-1); level !== undefined && this.stoppedAt === undefined; level = this.levels.at(-1)) {
      if (this.position >= level.end) {
        this.close(level);
      } else if (level.end - this.position < 8) {
        this.leftOver(level);
      } else if (level.elements === undefined) {
        this.readItem(level);
      } else {
        this.readElement(level, level.elements);
      }
    }
    const result = { end: this.position, count: this.count, warnings: this.warnings };
    return this.stoppedAt === undefined ? result : { ...result, stoppedAt: this.stoppedAt };
  }

  private warn(message: string): void {
    if (this.warnings.length < MAX_WARNINGS) {
      this.warnings.push(message);
    }
  }

  private close(level: Level): void {
    if (this.position > level.end) {
      throw new DicomError('invalid-element', `an element of ${level.name} runs past its end at byte ${level.end}`);
    }
    if (this.options.partial && level.end === this.bytes.byteLength) {
      throw new DicomError('truncated', `the data ends at byte ${level.end}, inside ${level.name}`);
    }
    if (level.undefinedLength) {
      this.warn(`${level.name} has no end marker`);
    }
    this.levels.pop();
  }

  /** Fewer bytes than a header: padding some machines leave at the end. */
  private leftOver(level: Level): void {
    if (this.options.partial && level.end === this.bytes.byteLength) {
      throw new DicomError('truncated', `the data ends at byte ${level.end}, inside ${level.name}`);
    }
    this.warn(`${level.end - this.position} bytes are left over at the end of ${level.name}`);
    this.position = level.end;
  }

  private push(level: Level): void {
    this.levels.push(level);
    if (this.levels.length > this.maxLevels) {
      throw new DicomError(
        'limit-exceeded',
        `sequences are nested more than ${this.options.limits.maxDepth} deep in ${level.name}`,
      );
    }
  }

  private countOne(): void {
    this.count += 1;
    if (this.count > this.options.limits.maxElements) {
      throw new DicomError('limit-exceeded', `the data set has more than ${this.options.limits.maxElements} elements and items`);
    }
  }

  private readItem(level: Level): void {
    const order = byteOrder(level.encoding.littleEndian);
    const tag = readTag(this.bytes, this.position, order);
    const length = order.readUint32(this.bytes, this.position + 4);
    if (tag === SEQUENCE_DELIMITER) {
      this.position += 8;
      if (level.undefinedLength) {
        this.levels.pop();
      }
      return;
    }
    if (tag === ITEM_DELIMITER) {
      this.position += 8;
      this.warn(`a stray item end in ${level.name} was skipped`);
      return;
    }
    if (tag !== ITEM) {
      throw new DicomError(
        'invalid-element',
        `${level.name} holds ${describeTag(tag)} at byte ${this.position} where an item must begin`,
      );
    }
    this.countOne();
    this.position += 8;
    const elements: ScannedElement[] = [];
    level.items?.push(elements);
    const end = length === UNDEFINED_LENGTH ? level.end : this.position + length;
    this.checkEnd(end, level, `item ${level.items?.length ?? 0} of ${level.name}`);
    this.push({
      elements,
      end,
      undefinedLength: length === UNDEFINED_LENGTH,
      encoding: this.itemEncoding(level, end),
      name: `item ${level.items?.length ?? 0} of ${level.name}`,
    });
  }

  /** Inside a UN of undefined length elements are implicit (CP-246), yet some machines go on in explicit. */
  private itemEncoding(level: Level, end: number): ElementEncoding {
    if (level.encoding.explicitVr || end - this.position < 8) {
      return level.encoding;
    }
    const explicit = { ...level.encoding, explicitVr: true };
    const asImplicit = readElementHeader(this.bytes, this.position, end, level.encoding);
    const fits = asImplicit.length === UNDEFINED_LENGTH || asImplicit.offset + asImplicit.length <= end;
    if (fits || end - this.position < 12) {
      return level.encoding;
    }
    return readElementHeader(this.bytes, this.position, end, explicit).vr === undefined ? level.encoding : explicit;
  }

  private checkEnd(end: number, level: Level, name: string): void {
    if (end <= level.end) {
      return;
    }
    if (end > this.bytes.byteLength) {
      throw new DicomError(
        'truncated',
        `${name} ends at byte ${end}, after the end of the data at byte ${this.bytes.byteLength}`,
      );
    }
    throw new DicomError('invalid-element', `${name} ends at byte ${end}, after the end of ${level.name} at byte ${level.end}`);
  }

  private readElement(level: Level, elements: ScannedElement[]): void {
    const header = readElementHeader(this.bytes, this.position, level.end, level.encoding);
    if (header.tag.startsWith('FFFE')) {
      this.readMarker(level, header);
      return;
    }
    this.countOne();
    const { stopBefore } = this.options;
    if (this.levels.length === 1 && stopBefore !== undefined && header.tag >= stopBefore) {
      this.levels.pop();
      return;
    }
    if (this.levels.length === 1 && this.options.stopAtPixelData && PIXEL_DATA_TAGS.has(header.tag)) {
      this.stoppedAt = header;
      return;
    }
    const element = this.place(header, level);
    elements.push(element);
  }

  /** An item or an end marker where an element should be. */
  private readMarker(level: Level, { tag, offset, length }: ElementHeader): void {
    if (level.undefinedLength && tag !== ITEM_DELIMITER) {
      // The item's own end marker is missing: what comes belongs to the sequence around it.
      this.warn(`${level.name} has no end marker`);
      this.levels.pop();
      return;
    }
    if (tag === ITEM) {
      this.skipStrayItem(level, offset, length);
      return;
    }
    this.position = offset;
    if (level.undefinedLength) {
      this.levels.pop();
    } else {
      this.warn(`a stray end marker in ${level.name} was skipped`);
    }
  }

  /** An item whose sequence is gone: a careless de-identification leaves such. What it holds belongs nowhere. */
  private skipStrayItem(level: Level, offset: number, length: number): void {
    if (length === UNDEFINED_LENGTH || offset + length > level.end) {
      throw new DicomError('invalid-element', `${level.name} holds an item at byte ${this.position}, outside any sequence`);
    }
    this.warn(`an item outside any sequence at byte ${this.position} was skipped`);
    this.position = offset + length;
  }

  private place(header: ElementHeader, level: Level): ScannedElement {
    const { tag, offset } = header;
    const { littleEndian } = level.encoding;
    this.position = offset;
    if (header.length === UNDEFINED_LENGTH) {
      return this.placeUndefined(header, level);
    }
    const length = this.availableLength(header, level);
    const written = header.vr;
    const vr = written ?? lookupTag(tag)?.vr;
    if (vr !== 'SQ') {
      this.position = offset + length;
      return { tag, vr: written, offset, length, littleEndian, undefinedLength: false };
    }
    const base = { tag, offset, length, littleEndian, undefinedLength: false };
    if (!this.beginsWithItem(offset, offset + length, littleEndian)) {
      this.position = offset + length;
      if (length > 0) {
        this.warn(`${describeTag(tag)} holds no items; its bytes are kept as they are`);
        return { ...base, vr: 'UN' };
      }
      return { ...base, vr, items: [] };
    }
    const items: ScannedItem[] = [];
    this.push({ items, end: offset + length, undefinedLength: false, encoding: level.encoding, name: describeTag(tag) });
    return { ...base, vr: 'SQ', items };
  }

  /** The length as written, or what is there of the outermost Pixel Data: frames that are whole can still be shown. */
  private availableLength(header: ElementHeader, level: Level): number {
    if (header.offset + header.length <= level.end) {
      return header.length;
    }
    if (this.levels.length === 1 && PIXEL_DATA_TAGS.has(header.tag) && !this.options.partial) {
      this.warn(`${describeTag(header.tag)} should have ${header.length} bytes and has ${level.end - header.offset}`);
      return level.end - header.offset;
    }
    this.checkEnd(header.offset + header.length, level, describeTag(header.tag));
    return header.length;
  }

  private beginsWithItem(offset: number, end: number, littleEndian: boolean): boolean {
    if (end - offset < 8) {
      return false;
    }
    const tag = readTag(this.bytes, offset, byteOrder(littleEndian));
    return tag === ITEM || tag === SEQUENCE_DELIMITER;
  }

  /** An undefined length: a sequence, fragments, or bytes up to a sequence delimiter. */
  private placeUndefined(header: ElementHeader, level: Level): ScannedElement {
    const { tag, offset, vr } = header;
    // UN of undefined length is a sequence in implicit little endian, whatever is around it. PS3.5 6.2.2 note 4, CP-246.
    const encoding = vr === 'UN' ? IMPLICIT : level.encoding;
    const { littleEndian } = encoding;
    const base = { tag, offset, littleEndian, undefinedLength: true };
    const fragments = PIXEL_DATA_TAGS.has(tag) || FRAGMENT_VRS.has(vr);
    const items = level.end - offset >= 8 && this.beginsWithItem(offset, level.end, littleEndian);
    if (fragments && items) {
      const value = fragmentsFrom(this.bytes, offset, level.end, littleEndian, tag);
      this.endFragments(value, tag);
      return { ...base, vr: vr ?? 'OB', length: value.length };
    }
    if (items || vr === 'SQ' || level.end - offset < 8) {
      const scanned: ScannedItem[] = [];
      this.push({ items: scanned, end: level.end, undefinedLength: true, encoding, name: describeTag(tag) });
      return { ...base, vr: 'SQ', length: 0, items: scanned };
    }
    const value = bytesToDelimiter(this.bytes, offset, level.end, littleEndian, tag);
    this.position = value.next;
    return { ...base, vr, length: value.length };
  }

  private endFragments({ next, complete }: UndefinedValue, tag: TagKey): void {
    if (!complete && this.options.partial) {
      throw new DicomError('truncated', `the fragments of ${describeTag(tag)} go on after byte ${next}`);
    }
    if (!complete) {
      this.warn(`the fragments of ${describeTag(tag)} have no end marker`);
    }
    this.position = next;
  }
}

export function scanDataSet(bytes: Uint8Array, options: ScanOptions): ScanResult {
  const elements: ScannedElement[] = [];
  const level = { elements, end: bytes.byteLength, undefinedLength: false, encoding: options.encoding, name: 'the data set' };
  // Each nested sequence is two levels: its items, and the elements of an item.
  return { ...new Scanner(bytes, options, level, 0, 2 * options.limits.maxDepth + 1).run(), elements };
}

/**
 * The items of a known sequence that went through a system which did not know it, so that it is written as UN: they are implicit
 * little endian. PS3.5 6.2.2 note 2. `depth`: how many sequences there are around it; `limits.maxElements`: how many are left.
 */
export function scanUnknownSequence(
  bytes: Uint8Array,
  element: ScannedElement,
  depth: number,
  limits: ReadLimits,
): { readonly items: readonly ScannedItem[]; readonly count: number } {
  const items: ScannedItem[] = [];
  const end = element.offset + element.length;
  const level = { items, end, undefinedLength: false, encoding: IMPLICIT, name: describeTag(element.tag) };
  const options = { encoding: IMPLICIT, limits, stopAtPixelData: false, partial: false };
  const { count } = new Scanner(bytes, options, level, element.offset, 2 * (limits.maxDepth - depth)).run();
  if (items.length === 0) {
    throw new DicomError('invalid-element', `${level.name} holds no items`);
  }
  return { items, count };
}
