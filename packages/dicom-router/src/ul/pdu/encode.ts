import type { OutgoingFragment } from '../fragments.ts';
import { ByteWriter } from './byte-writer.ts';
import { type AssociateAc, type AssociateRq, type ControlPdu, PDU_TYPE, PDV_COMMAND, PDV_LAST } from './model.ts';
import { writeUserInformation } from './user-information.ts';

/** Bytes of a PDU before its variable field: type, reserved, length. PS3.8 9.3.1. */
export const PDU_HEADER_BYTES = 6;
/** Bytes of a PDV item before its fragment: length, context id, message control header. PS3.8 9.3.5.1. */
export const PDV_HEADER_BYTES = 6;

export function encodePdu(pdu: ControlPdu): Buffer {
  switch (pdu.type) {
    case 'associate-rq':
      return frame(PDU_TYPE.associateRq, associateRqBody(pdu));
    case 'associate-ac':
      return frame(PDU_TYPE.associateAc, associateAcBody(pdu));
    case 'associate-rj':
      return frame(PDU_TYPE.associateRj, Uint8Array.of(0, pdu.result, pdu.source, pdu.reason));
    case 'release-rq':
      return frame(PDU_TYPE.releaseRq, new Uint8Array(4));
    case 'release-rp':
      return frame(PDU_TYPE.releaseRp, new Uint8Array(4));
    case 'abort':
      return frame(PDU_TYPE.abort, Uint8Array.of(0, 0, pdu.source, pdu.reason));
  }
}

function frame(type: number, body: Uint8Array): Buffer {
  return new ByteWriter().u8(type).u8(0).u32(body.byteLength).bytes(body).concat();
}

function associateHead(pdu: AssociateRq | AssociateAc): ByteWriter {
  return new ByteWriter()
    .u16(pdu.protocolVersion)
    .u16(0)
    .aeTitle(pdu.calledAe)
    .aeTitle(pdu.callingAe)
    .bytes(new Uint8Array(32))
    .item(0x10, (item) => item.text(pdu.applicationContext));
}

function associateRqBody(pdu: AssociateRq): Uint8Array {
  const writer = associateHead(pdu);
  for (const context of pdu.contexts) {
    writer.item(0x20, (item) => {
      item.u8(context.id).u8(0).u8(0).u8(0);
      item.item(0x30, (syntax) => syntax.text(context.abstractSyntax));
      for (const uid of context.transferSyntaxes) {
        item.item(0x40, (syntax) => syntax.text(uid));
      }
    });
  }
  return writer.item(0x50, (item) => writeUserInformation(item, pdu.user)).concat();
}

function associateAcBody(pdu: AssociateAc): Uint8Array {
  const writer = associateHead(pdu);
  for (const context of pdu.contexts) {
    writer.item(0x21, (item) => {
      item.u8(context.id).u8(0).u8(context.result).u8(0);
      item.item(0x40, (syntax) => syntax.text(context.transferSyntax));
    });
  }
  return writer.item(0x50, (item) => writeUserInformation(item, pdu.user)).concat();
}

/** Up to here pieces are copied together: cheaper than a write of several. */
const JOINED_BYTES = 4096;

/** Each fragment as a P-DATA-TF, in as few pieces as are cheap: headers and short fragments are copied, long ones are not. */
export function encodePData(fragments: readonly OutgoingFragment[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let short: Uint8Array[] = [];
  const join = () => {
    if (short.length > 0) {
      pieces.push(Buffer.concat(short));
      short = [];
    }
  };
  for (const fragment of fragments) {
    short.push(pDataHeader(fragment));
    for (const part of fragment.parts) {
      if (part.byteLength <= JOINED_BYTES) {
        short.push(part);
      } else {
        join();
        pieces.push(part);
      }
    }
  }
  join();
  return pieces;
}

/** Header of a P-DATA-TF with one PDV. PS3.8 9.3.5. */
function pDataHeader({ contextId, command, last, parts }: OutgoingFragment): Buffer {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const header = Buffer.allocUnsafe(PDU_HEADER_BYTES + PDV_HEADER_BYTES);
  header.writeUInt8(PDU_TYPE.pDataTf, 0);
  header.writeUInt8(0, 1);
  header.writeUInt32BE(length + PDV_HEADER_BYTES, 2);
  header.writeUInt32BE(length + 2, 6);
  header.writeUInt8(contextId, 10);
  header.writeUInt8((command ? PDV_COMMAND : 0) | (last ? PDV_LAST : 0), 11);
  return header;
}
