import { trimUid } from '@filmless/dicom';
import { RouterError } from '../errors.ts';

/** A command set; keys are the keywords of PS3.6 table 7-1, texts without padding. */
export interface CommandSet {
  readonly AffectedSOPClassUID?: string;
  readonly RequestedSOPClassUID?: string;
  readonly CommandField: number;
  readonly MessageID?: number;
  readonly MessageIDBeingRespondedTo?: number;
  readonly MoveDestination?: string;
  readonly Priority?: number;
  readonly CommandDataSetType: number;
  readonly Status?: number;
  /** Tags at fault, group times 65536 plus element. */
  readonly OffendingElement?: readonly number[];
  readonly ErrorComment?: string;
  readonly ErrorID?: number;
  readonly AffectedSOPInstanceUID?: string;
  readonly RequestedSOPInstanceUID?: string;
  readonly EventTypeID?: number;
  /** What an N-GET asks for. */
  readonly AttributeIdentifierList?: readonly number[];
  readonly ActionTypeID?: number;
  readonly NumberOfRemainingSuboperations?: number;
  readonly NumberOfCompletedSuboperations?: number;
  readonly NumberOfFailedSuboperations?: number;
  readonly NumberOfWarningSuboperations?: number;
  readonly MoveOriginatorApplicationEntityTitle?: string;
  readonly MoveOriginatorMessageID?: number;
}

type Keyword = keyof CommandSet;
type Value = string | number | readonly number[];
type Coding = 'UI' | 'US' | 'AE' | 'LO' | 'AT';

/** Elements of group 0000 that messages of PS3.7 carry, ascending. PS3.7 E.1. */
const ELEMENTS: readonly (readonly [element: number, coding: Coding, keyword: Keyword])[] = [
  [0x0002, 'UI', 'AffectedSOPClassUID'],
  [0x0003, 'UI', 'RequestedSOPClassUID'],
  [0x0100, 'US', 'CommandField'],
  [0x0110, 'US', 'MessageID'],
  [0x0120, 'US', 'MessageIDBeingRespondedTo'],
  [0x0600, 'AE', 'MoveDestination'],
  [0x0700, 'US', 'Priority'],
  [0x0800, 'US', 'CommandDataSetType'],
  [0x0900, 'US', 'Status'],
  [0x0901, 'AT', 'OffendingElement'],
  [0x0902, 'LO', 'ErrorComment'],
  [0x0903, 'US', 'ErrorID'],
  [0x1000, 'UI', 'AffectedSOPInstanceUID'],
  [0x1001, 'UI', 'RequestedSOPInstanceUID'],
  [0x1002, 'US', 'EventTypeID'],
  [0x1005, 'AT', 'AttributeIdentifierList'],
  [0x1008, 'US', 'ActionTypeID'],
  [0x1020, 'US', 'NumberOfRemainingSuboperations'],
  [0x1021, 'US', 'NumberOfCompletedSuboperations'],
  [0x1022, 'US', 'NumberOfFailedSuboperations'],
  [0x1023, 'US', 'NumberOfWarningSuboperations'],
  [0x1030, 'AE', 'MoveOriginatorApplicationEntityTitle'],
  [0x1031, 'US', 'MoveOriginatorMessageID'],
];

const BY_ELEMENT = new Map(ELEMENTS.map(([element, coding, keyword]) => [element, { coding, keyword }] as const));

/** Command Data Set Type that says no data set follows; any other value says one does. PS3.7 E.1. */
export const NO_DATA_SET = 0x0101;
export const WITH_DATA_SET = 0x0001;

const HEADER_BYTES = 8;
/** Command Group Length (0000,0000) with its header. */
export const GROUP_LENGTH_BYTES = 12;

/**
 * Decodes a command set, Implicit VR Little Endian; elements it does not know are skipped. PS3.7 6.3.1.
 * @throws RouterError `invalid-command`, naming the element
 */
export function decodeCommand(bytes: Uint8Array): CommandSet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: Partial<Record<Keyword, Value>> = {};
  for (let offset = 0; offset < bytes.byteLength; ) {
    if (offset + HEADER_BYTES > bytes.byteLength) {
      throw new RouterError('invalid-command', `the command set ends within an element, at byte ${offset}`);
    }
    const group = view.getUint16(offset, true);
    const element = view.getUint16(offset + 2, true);
    const length = view.getUint32(offset + 4, true);
    const start = offset + HEADER_BYTES;
    if (group !== 0 || start + length > bytes.byteLength) {
      throw new RouterError('invalid-command', `command element ${tagText(group, element)}: length ${length} at byte ${offset}`);
    }
    const known = BY_ELEMENT.get(element);
    if (known !== undefined && length > 0) {
      values[known.keyword] = decodeValue(known.coding, known.keyword, bytes.subarray(start, start + length));
    }
    offset = start + length;
  }
  return parseCommand(values);
}

function decodeValue(coding: Coding, keyword: Keyword, value: Uint8Array): Value {
  if (coding === 'AT') {
    return decodeTags(keyword, value);
  }
  if (coding !== 'US') {
    return trimUid(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')).trimStart();
  }
  if (value.byteLength < 2) {
    throw new RouterError('invalid-command', `${keyword}: ${value.byteLength} bytes, expected 2`);
  }
  return (value[0] ?? 0) | ((value[1] ?? 0) << 8);
}

/** PS3.5 6.2: an AT value is group and element, each 16 bits. */
function decodeTags(keyword: Keyword, value: Uint8Array): readonly number[] {
  if (value.byteLength % 4 !== 0) {
    throw new RouterError('invalid-command', `${keyword}: ${value.byteLength} bytes, expected four for each tag`);
  }
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from(
    { length: value.byteLength / 4 },
    (_, index) => view.getUint16(4 * index, true) * 0x10000 + view.getUint16(4 * index + 2, true),
  );
}

function parseCommand(values: Partial<Record<Keyword, Value>>): CommandSet {
  if (values.CommandField === undefined || values.CommandDataSetType === undefined) {
    const missing = values.CommandField === undefined ? 'CommandField' : 'CommandDataSetType';
    throw new RouterError('invalid-command', `${missing} is missing in the command set`);
  }
  // Each value was read by the coding of its own keyword.
  return values as unknown as CommandSet;
}

/** Encodes a command set with its group length. PS3.7 6.3.1, E.1. */
export function encodeCommand(command: CommandSet): Buffer {
  const elements: (readonly [element: number, value: Value])[] = [];
  let length = 0;
  for (const [element, coding, keyword] of ELEMENTS) {
    const value = command[keyword];
    if (value !== undefined) {
      const padded = typeof value === 'string' ? evenText(coding, value) : value;
      elements.push([element, padded]);
      length += HEADER_BYTES + valueBytes(padded);
    }
  }
  const bytes = Buffer.alloc(GROUP_LENGTH_BYTES + length);
  bytes.writeUInt32LE(4, 4);
  bytes.writeUInt32LE(length, HEADER_BYTES);
  let offset = GROUP_LENGTH_BYTES;
  for (const [element, value] of elements) {
    offset = writeElement(bytes, offset, element, value);
  }
  return bytes;
}

function valueBytes(value: Value): number {
  if (typeof value === 'number') {
    return 2;
  }
  return typeof value === 'string' ? value.length : 4 * value.length;
}

/** Group 0000; gives where the next element begins. */
function writeElement(bytes: Buffer, offset: number, element: number, value: Value): number {
  const start = offset + HEADER_BYTES;
  const length = valueBytes(value);
  bytes.writeUInt16LE(element, offset + 2);
  bytes.writeUInt32LE(length, offset + 4);
  if (typeof value === 'number') {
    bytes.writeUInt16LE(value, start);
  } else if (typeof value === 'string') {
    bytes.write(value, start, 'latin1');
  } else {
    for (const [index, tag] of value.entries()) {
      bytes.writeUInt16LE(tag >>> 16, start + 4 * index);
      bytes.writeUInt16LE(tag & 0xffff, start + 4 * index + 2);
    }
  }
  return start + length;
}

function evenText(coding: Coding, value: string): string {
  return value.length % 2 === 0 ? value : `${value}${coding === 'UI' ? '\0' : ' '}`;
}

function tagText(group: number, element: number): string {
  const hex = (part: number) => part.toString(16).padStart(4, '0').toUpperCase();
  return `(${hex(group)},${hex(element)})`;
}
