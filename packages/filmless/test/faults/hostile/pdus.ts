import { u16be, u32be } from './byte-order.ts';

/**
 * The bytes of an honest peer, written here by hand from PS3.8 and PS3.7, so that what they attack has no part in them.
 */

export const VERIFICATION = '1.2.840.10008.1.1';
export const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
export const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
export const IMPLICIT = '1.2.840.10008.1.2';
export const EXPLICIT = '1.2.840.10008.1.2.1';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** Presentation context ids of the association below. */
export const CONTEXT = {
  verification: 1,
  implicit: 3,
  explicit: 5,
  deflated: 7,
  bigEndian: 9,
  find: 11,
  move: 13,
  get: 15,
  worklist: 17,
  step: 19,
  commitment: 21,
} as const;

const CONTEXTS: readonly (readonly [id: number, abstractSyntax: string, transferSyntax: string])[] = [
  [CONTEXT.verification, VERIFICATION, IMPLICIT],
  [CONTEXT.implicit, SECONDARY_CAPTURE, IMPLICIT],
  [CONTEXT.explicit, SECONDARY_CAPTURE, EXPLICIT],
  [CONTEXT.deflated, SECONDARY_CAPTURE, DEFLATED],
  [CONTEXT.bigEndian, SECONDARY_CAPTURE, BIG_ENDIAN],
  [CONTEXT.find, '1.2.840.10008.5.1.4.1.2.2.1', IMPLICIT],
  [CONTEXT.move, '1.2.840.10008.5.1.4.1.2.2.2', IMPLICIT],
  [CONTEXT.get, '1.2.840.10008.5.1.4.1.2.2.3', IMPLICIT],
  [CONTEXT.worklist, '1.2.840.10008.5.1.4.31', IMPLICIT],
  [CONTEXT.step, '1.2.840.10008.3.1.2.3.3', IMPLICIT],
  [CONTEXT.commitment, '1.2.840.10008.1.20.1', IMPLICIT],
];

/** Type, reserved, 32-bit length. PS3.8 9.3.1. */
export function pdu(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type, 0]), u32be(body.byteLength), body]);
}

/** Type, reserved, 16-bit length. PS3.8 9.3.2. */
export function item(type: number, ...content: readonly (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  return Buffer.concat([Buffer.from([type, 0]), u16be(body.byteLength & 0xffff), body]);
}

const text16 = (text: string): Buffer => Buffer.concat([u16be(text.length), Buffer.from(text, 'latin1')]);
const title = (text: string): Buffer => Buffer.from(text.slice(0, 16).padEnd(16), 'latin1');

export function associateHead(calledAe: string, callingAe: string): Buffer {
  return Buffer.concat([u16be(1), u16be(0), title(calledAe), title(callingAe), Buffer.alloc(32)]);
}

/** Every sub-item of PS3.7 D.3.3. */
export function userInformation(maxLength = 65_536): Buffer {
  return item(
    0x50,
    item(0x51, u32be(maxLength)),
    item(0x52, '1.2.826.0.1.3680043.2.1'),
    item(0x53, u16be(1), u16be(1)),
    item(0x54, text16(SECONDARY_CAPTURE), Buffer.from([1, 0])),
    item(0x55, 'HOSTILE_1'),
    item(0x56, text16(SECONDARY_CAPTURE), Buffer.from([2, 0, 1, 0])),
    item(0x57, text16(CT_IMAGE), text16('1.2.840.10008.4.2'), u16be(2 + CT_IMAGE.length), text16(CT_IMAGE)),
    item(0x58, Buffer.from([1, 0]), text16('nobody'), text16('')),
  );
}

export const APPLICATION_CONTEXT: Buffer = item(0x10, '1.2.840.10008.3.1.1.1');

export function proposedContext(id: number, abstractSyntax: string, ...transferSyntaxes: readonly string[]): Buffer {
  return item(0x20, Buffer.from([id, 0, 0, 0]), item(0x30, abstractSyntax), ...transferSyntaxes.map((uid) => item(0x40, uid)));
}

export function associateRq(calledAe = 'FILMLESS', callingAe = 'HOSTILE'): Buffer {
  const contexts = CONTEXTS.map(([id, abstractSyntax, syntax]) => proposedContext(id, abstractSyntax, syntax));
  return pdu(1, Buffer.concat([associateHead(calledAe, callingAe), APPLICATION_CONTEXT, ...contexts, userInformation()]));
}

export const associateAc: Buffer = pdu(
  2,
  Buffer.concat([
    associateHead('FILMLESS', 'HOSTILE'),
    APPLICATION_CONTEXT,
    item(0x21, Buffer.from([1, 0, 0, 0]), item(0x40, IMPLICIT)),
    userInformation(),
  ]),
);

export const associateRj: Buffer = pdu(3, Buffer.from([0, 1, 1, 3]));
export const releaseRq: Buffer = pdu(5, Buffer.alloc(4));
export const releaseRp: Buffer = pdu(6, Buffer.alloc(4));
export const abort: Buffer = pdu(7, Buffer.alloc(4));

export const FLAG = { dataSet: 0, command: 1, last: 2 } as const;

/** A presentation data value item. PS3.8 9.3.5.1. */
export function pdv(contextId: number, flags: number, fragment: Uint8Array): Buffer {
  return Buffer.concat([u32be(fragment.byteLength + 2), Buffer.from([contextId, flags]), fragment]);
}

export function pData(contextId: number, flags: number, fragment: Uint8Array): Buffer {
  return pdu(4, pdv(contextId, flags, fragment));
}

/** One element of a command set: implicit little endian. PS3.7 6.3.1. */
export function commandElement(element: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.byteLength, 4);
  return Buffer.concat([header, value]);
}

export function commandNumber(element: number, value: number): Buffer {
  return commandElement(element, Buffer.from([value & 0xff, value >>> 8]));
}

export function commandText(element: number, text: string): Buffer {
  return commandElement(element, Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1'));
}

export function commandSet(...elements: readonly Buffer[]): Buffer {
  const body = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.byteLength);
  return Buffer.concat([commandElement(0, length), body]);
}

const WITHOUT_DATA_SET = 0x0101;

export function echoRq(messageId: number): Buffer {
  return commandSet(
    commandText(0x0002, VERIFICATION),
    commandNumber(0x0100, 0x0030),
    commandNumber(0x0110, messageId),
    commandNumber(0x0800, WITHOUT_DATA_SET),
  );
}

export function storeRq(messageId: number, sopClass: string, sopInstance: string): Buffer {
  return commandSet(
    commandText(0x0002, sopClass),
    commandNumber(0x0100, 0x0001),
    commandNumber(0x0110, messageId),
    commandNumber(0x0700, 0),
    commandNumber(0x0800, 1),
    commandText(0x1000, sopInstance),
  );
}

/** A message of the other services, which this product may not offer: find, get, move, cancel, and the N-services. */
export function otherRq(commandField: number, messageId: number, dataSet: boolean): Buffer {
  return commandSet(
    commandText(0x0002, SECONDARY_CAPTURE),
    commandText(0x0003, SECONDARY_CAPTURE),
    commandNumber(0x0100, commandField),
    commandNumber(0x0110, messageId),
    commandText(0x0600, 'ELSEWHERE'),
    commandNumber(0x0700, 0),
    commandNumber(0x0800, dataSet ? 1 : WITHOUT_DATA_SET),
    commandText(0x1001, '1.2.3'),
    commandNumber(0x1008, 1),
  );
}
