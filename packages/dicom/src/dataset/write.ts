import { DicomError } from '../errors.ts';
import { encodeText } from '../text/encode-text.ts';
import { BINARY_VRS, CHARSET_VRS, type Vr } from '../vr.ts';
import { itemsOf, texts } from './accessors.ts';
import { fromBase64 } from './base64.ts';
import { numberWidth } from './decode-value.ts';
import { describeTag, ITEM, SEQUENCE_DELIMITER, UNDEFINED_LENGTH } from './element-header.ts';
import { encodeNumbers, joinTexts } from './encode-value.ts';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import type { Attribute, DataSet, TagKey } from './model.ts';
import { PIXEL_DATA_TAGS } from './scan.ts';
import { append, appendAll, type Chunks, elementHeader, padded } from './write-element.ts';

export interface WriteOptions {
  readonly explicitVr: boolean;
  /** Put (gggg,0000) before each group: a command set and the file meta information need it. PS3.7 6.3.1. */
  readonly groupLength?: boolean;
  /** Pixel Data holds fragments with their item headers: written with undefined length and an end marker. PS3.5 A.4. */
  readonly encapsulatedPixelData?: boolean;
  /** The bytes a BulkDataURI stands for. */
  readonly bulkData?: (uri: string) => Uint8Array | undefined;
}

const UTF8_TERMS: readonly string[] = ['ISO_IR 192'];
const ASCII_TERMS: readonly string[] = [];
const EMPTY = new Uint8Array(0);
const CHARACTER_SET: TagKey = '00080005';

/** Whether all text of a data set can be encoded by the terms. Items that name their own are asked when they are written. */
function holds(dataSet: DataSet, terms: readonly string[]): boolean {
  return Object.values(dataSet).every((attribute) => {
    const { vr } = attribute;
    if (vr === 'SQ') {
      return itemsOf(attribute).every((item) => item[CHARACTER_SET] !== undefined || holds(item, terms));
    }
    return !CHARSET_VRS.has(vr) || encodeText(joinTexts(attribute.Value ?? [], vr), terms, vr) !== undefined;
  });
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

  constructor(options: WriteOptions) {
    this.options = options;
  }

  dataSet(given: DataSet, outer: readonly string[], depth: number): Chunks {
    const { dataSet, terms } = encodable(given, outer);
    const chunks: Chunks = { parts: [], length: 0 };
    for (const tag of Object.keys(dataSet).sort()) {
      const attribute = dataSet[tag];
      if (attribute !== undefined) {
        this.element(chunks, tag, attribute, terms, depth);
      }
    }
    return chunks;
  }

  private element(chunks: Chunks, tag: TagKey, attribute: Attribute, terms: readonly string[], depth: number): void {
    const { vr } = attribute;
    const { explicitVr } = this.options;
    if (vr === 'SQ') {
      const value = this.sequence(attribute, terms, depth + 1);
      append(chunks, elementHeader(tag, vr, value.length, explicitVr));
      appendAll(chunks, value.parts);
      return;
    }
    if (this.options.encapsulatedPixelData === true && depth === 0 && PIXEL_DATA_TAGS.has(tag)) {
      const end = elementHeader(SEQUENCE_DELIMITER, 'UN', 0, explicitVr);
      append(chunks, elementHeader(tag, 'OB', UNDEFINED_LENGTH, explicitVr), this.value(tag, attribute, terms), end);
      return;
    }
    const value = padded(this.value(tag, attribute, terms), vr);
    append(chunks, elementHeader(tag, vr, value.byteLength, explicitVr), value);
  }

  private sequence(attribute: Attribute, terms: readonly string[], depth: number): Chunks {
    if (depth > DEFAULT_READ_LIMITS.maxDepth) {
      throw new DicomError('limit-exceeded', `sequences are nested more than ${DEFAULT_READ_LIMITS.maxDepth} deep`);
    }
    const chunks: Chunks = { parts: [], length: 0 };
    for (const item of itemsOf(attribute)) {
      const value = this.dataSet(item, terms, depth);
      append(chunks, elementHeader(ITEM, 'UN', value.length, this.options.explicitVr));
      appendAll(chunks, value.parts);
    }
    return chunks;
  }

  private value(tag: TagKey, attribute: Attribute, terms: readonly string[]): Uint8Array {
    const { vr, Value, InlineBinary, BulkDataURI } = attribute;
    if (InlineBinary !== undefined) {
      return fromBase64(InlineBinary);
    }
    if (BulkDataURI !== undefined) {
      return this.referred(tag, BulkDataURI);
    }
    if (Value === undefined || Value.length === 0) {
      return EMPTY;
    }
    if (BINARY_VRS.has(vr)) {
      throw new DicomError('invalid-value', `${describeTag(tag)} is ${vr} and has a Value where InlineBinary must be`);
    }
    if (numberWidth(vr) !== undefined) {
      return encodeNumbers(Value, vr);
    }
    return this.text(tag, joinTexts(Value, vr), vr, terms);
  }

  private referred(tag: TagKey, uri: string): Uint8Array {
    const bytes = this.options.bulkData?.(uri);
    if (bytes === undefined) {
      throw new DicomError('invalid-value', `the bytes of ${describeTag(tag)} are not at hand: ${uri}`);
    }
    return bytes;
  }

  private text(tag: TagKey, text: string, vr: Vr, terms: readonly string[]): Uint8Array {
    const bytes = CHARSET_VRS.has(vr) ? encodeText(text, terms, vr) : encodeText(text, ASCII_TERMS, vr);
    if (bytes === undefined) {
      throw new DicomError('invalid-value', `${describeTag(tag)} is ${vr} and holds characters other than ASCII`);
    }
    return bytes;
  }
}

/** The group length of a command set and of the file meta information; other groups have had none since 2008. PS3.5 7.2. */
function withGroupLength(dataSet: DataSet, writer: Writer): Chunks {
  const chunks: Chunks = { parts: [], length: 0 };
  const entries = Object.entries(dataSet).filter(([tag]) => !tag.endsWith('0000'));
  for (const [group, members] of Map.groupBy(entries, ([tag]) => tag.slice(0, 4))) {
    const body = writer.dataSet(Object.fromEntries(members), ASCII_TERMS, 0);
    const length = writer.dataSet({ [`${group}0000`]: { vr: 'UL', Value: [body.length] } }, ASCII_TERMS, 0);
    appendAll(chunks, length.parts);
    appendAll(chunks, body.parts);
  }
  return chunks;
}

function join({ parts, length }: Chunks): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.byteLength;
  }
  return bytes;
}

/**
 * Writes a data set in little endian. Text goes in the data set's Specific Character Set where that can hold it, and in UTF-8
 * otherwise, which is then what Specific Character Set says.
 * @throws DicomError `invalid-value` naming the element
 */
export function writeDataSet(dataSet: DataSet, options: WriteOptions): Uint8Array<ArrayBuffer> {
  const writer = new Writer(options);
  return join(options.groupLength === true ? withGroupLength(dataSet, writer) : writer.dataSet(dataSet, [], 0));
}
