import { DicomError } from '../errors.ts';
import { canHold, encodeText, isPlain } from '../text/encode-text.ts';
import { BINARY_VRS, CHARSET_VRS, type Vr } from '../vr.ts';
import { itemsOf, texts } from './accessors.ts';
import { fromBase64 } from './base64.ts';
import { ByteOutput } from './byte-output.ts';
import { numberWidth } from './decode-value.ts';
import { describeTag, ITEM, SEQUENCE_DELIMITER, UNDEFINED_LENGTH } from './element-header.ts';
import { encodeNumbers, joinTexts } from './encode-value.ts';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import type { Attribute, DataSet, TagKey } from './model.ts';
import { PIXEL_DATA_TAGS } from './scan.ts';

export interface WriteOptions {
  readonly explicitVr: boolean;
  /** Put (gggg,0000) before each group: a command set and the file meta information need it. PS3.7 6.3.1. */
  readonly groupLength?: boolean;
  /** Pixel Data holds fragments with their item headers: written with undefined length and an end marker. PS3.5 A.4. */
  readonly encapsulatedPixelData?: boolean;
  /** What texts are encoded in where the data set names no Specific Character Set; ASCII unless given. */
  readonly characterSets?: readonly string[];
  /** The bytes a BulkDataURI stands for. */
  readonly bulkData?: (uri: string) => Uint8Array | undefined;
}

const UTF8_TERMS: readonly string[] = ['ISO_IR 192'];
const ASCII_TERMS: readonly string[] = [];
const CHARACTER_SET: TagKey = '00080005';

/** Whether all text of a data set can be encoded by the terms. Items that name their own are asked when they are written. */
function holds(dataSet: DataSet, terms: readonly string[]): boolean {
  for (const tag of Object.keys(dataSet)) {
    const attribute = dataSet[tag];
    if (attribute?.Value === undefined) {
      continue;
    }
    const { vr, Value } = attribute;
    const isHeld =
      vr === 'SQ'
        ? itemsOf(attribute).every((item) => item[CHARACTER_SET] !== undefined || holds(item, terms))
        : !CHARSET_VRS.has(vr) || canHold(joinTexts(Value, vr), terms);
    if (!isHeld) {
      return false;
    }
  }
  return true;
}

/** A data set with the character set it can be written in: the one it has, or UTF-8. */
function encodable(dataSet: DataSet, outer: readonly string[]): { dataSet: DataSet; terms: readonly string[] } {
  const own = dataSet[CHARACTER_SET] === undefined ? outer : texts(dataSet, CHARACTER_SET);
  if (holds(dataSet, own)) {
    return { dataSet, terms: own };
  }
  return { dataSet: { ...dataSet, [CHARACTER_SET]: { vr: 'CS', Value: UTF8_TERMS } }, terms: UTF8_TERMS };
}

class Writer {
  private readonly options: WriteOptions;
  readonly output: ByteOutput = new ByteOutput();

  constructor(options: WriteOptions) {
    this.options = options;
  }

  dataSet(given: DataSet, outer: readonly string[], depth: number): void {
    const { dataSet, terms } = encodable(given, outer);
    for (const tag of Object.keys(dataSet).sort()) {
      const attribute = dataSet[tag];
      if (attribute !== undefined) {
        this.element(tag, attribute, terms, depth);
      }
    }
  }

  private element(tag: TagKey, attribute: Attribute, terms: readonly string[], depth: number): void {
    const { vr, Value } = attribute;
    const { explicitVr } = this.options;
    if (vr === 'SQ') {
      this.sequence(tag, attribute, terms, depth + 1);
    } else if (this.options.encapsulatedPixelData === true && depth === 0 && PIXEL_DATA_TAGS.has(tag)) {
      this.output.header(tag, 'OB', UNDEFINED_LENGTH, explicitVr);
      this.output.bytes(this.bytesOf(tag, attribute) ?? encodeNumbers(Value ?? [], vr));
      this.output.header(SEQUENCE_DELIMITER, 'UN', 0, explicitVr);
    } else {
      this.value(tag, attribute, terms);
    }
  }

  private sequence(tag: TagKey, attribute: Attribute, terms: readonly string[], depth: number): void {
    if (depth > DEFAULT_READ_LIMITS.maxDepth) {
      throw new DicomError('limit-exceeded', `sequences are nested more than ${DEFAULT_READ_LIMITS.maxDepth} deep`);
    }
    const { output } = this;
    const { explicitVr } = this.options;
    output.header(tag, 'SQ', 0, explicitVr);
    const start = output.length;
    for (const item of itemsOf(attribute)) {
      output.header(ITEM, 'UN', 0, explicitVr);
      const itemStart = output.length;
      this.dataSet(item, terms, depth);
      output.endLength(itemStart);
    }
    output.endLength(start);
  }

  private value(tag: TagKey, attribute: Attribute, terms: readonly string[]): void {
    const { vr, Value } = attribute;
    const bytes = this.bytesOf(tag, attribute);
    if (bytes !== undefined) {
      this.padded(tag, vr, bytes);
    } else if (Value === undefined || Value.length === 0) {
      this.output.header(tag, vr, 0, this.options.explicitVr);
    } else if (numberWidth(vr) !== undefined) {
      this.padded(tag, vr, encodeNumbers(Value, vr));
    } else {
      this.text(tag, joinTexts(Value, vr), vr, terms);
    }
  }

  /** The value of an attribute that has bytes, or is referred to. */
  private bytesOf(tag: TagKey, { vr, Value, InlineBinary, BulkDataURI }: Attribute): Uint8Array | undefined {
    if (InlineBinary !== undefined) {
      return fromBase64(InlineBinary);
    }
    if (BulkDataURI !== undefined) {
      return this.referred(tag, BulkDataURI);
    }
    if (Value !== undefined && Value.length > 0 && BINARY_VRS.has(vr)) {
      throw new DicomError('invalid-value', `${describeTag(tag)} is ${vr} and has a Value where InlineBinary must be`);
    }
    return undefined;
  }

  private referred(tag: TagKey, uri: string): Uint8Array {
    const bytes = this.options.bulkData?.(uri);
    if (bytes === undefined) {
      throw new DicomError('invalid-value', `the bytes of ${describeTag(tag)} are not at hand: ${uri}`);
    }
    return bytes;
  }

  private text(tag: TagKey, text: string, vr: Vr, terms: readonly string[]): void {
    if (isPlain(text)) {
      this.output.header(tag, vr, text.length + (text.length % 2), this.options.explicitVr);
      this.output.ascii(text);
      this.pad(vr, text.length);
      return;
    }
    const bytes = encodeText(text, CHARSET_VRS.has(vr) ? terms : ASCII_TERMS, vr);
    if (bytes === undefined) {
      throw new DicomError('invalid-value', `${describeTag(tag)} is ${vr} and holds characters other than ASCII`);
    }
    this.padded(tag, vr, bytes);
  }

  private padded(tag: TagKey, vr: Vr, bytes: Uint8Array): void {
    this.output.header(tag, vr, bytes.byteLength + (bytes.byteLength % 2), this.options.explicitVr);
    this.output.bytes(bytes);
    this.pad(vr, bytes.byteLength);
  }

  /** One odd byte is filled up: text by a space, UI and bytes by zero. PS3.5 6.2. */
  private pad(vr: Vr, length: number): void {
    if (length % 2 === 1) {
      this.output.byte(vr === 'UI' || BINARY_VRS.has(vr) ? 0 : 0x20);
    }
  }

  /** The group length of a command set and of the file meta information; other groups have had none since 2008. PS3.5 7.2. */
  withGroupLength(dataSet: DataSet): void {
    const entries = Object.entries(dataSet).filter(([tag]) => !tag.endsWith('0000'));
    for (const [group, members] of Map.groupBy(entries, ([tag]) => tag.slice(0, 4))) {
      this.output.header(`${group}0000`, 'UL', 4, this.options.explicitVr);
      const start = this.output.length + 4;
      this.output.bytes(new Uint8Array(4));
      this.dataSet(Object.fromEntries(members), ASCII_TERMS, 0);
      this.output.endLength(start);
    }
  }
}

/**
 * Writes a data set in little endian. Text goes in the data set's Specific Character Set where that can hold it, and in UTF-8
 * otherwise, which is then what Specific Character Set says.
 * @throws DicomError `invalid-value` naming the element
 */
export function writeDataSet(dataSet: DataSet, options: WriteOptions): Uint8Array<ArrayBuffer> {
  const writer = new Writer(options);
  if (options.groupLength === true) {
    writer.withGroupLength(dataSet);
  } else {
    writer.dataSet(dataSet, options.characterSets ?? ASCII_TERMS, 0);
  }
  return writer.output.end();
}
