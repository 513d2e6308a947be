import { RouterError } from '../../errors.ts';
import type { Finding } from '../../finding.ts';
import { decodePdu, pduName } from './decode.ts';
import { PDU_HEADER_BYTES, PDV_HEADER_BYTES } from './encode.ts';
import { type ControlPdu, type Fragment, PDU_TYPE, PDV_COMMAND, PDV_LAST } from './model.ts';

/** The first byte of a TLS connection: a record of the handshake. RFC 8446 5.1. */
const TLS_HANDSHAKE = 0x16;
/** What a TLS server says to a PDU. RFC 8446 6. */
const TLS_ALERT = 0x15;

/** What the bytes of the peer say next. A P-DATA-TF is announced when it begins, then comes in pieces. */
export type Incoming =
  | { readonly kind: 'pdu'; readonly pdu: ControlPdu }
  | { readonly kind: 'p-data' }
  | { readonly kind: 'fragment'; readonly fragment: Fragment };

export interface ParserLimits {
  readonly associateBytes: number;
  readonly receivedPduBytes: number;
}

interface OpenBody {
  readonly type: number;
  readonly length: number;
  bytes: Buffer;
  have: number;
}

interface OpenPdv {
  readonly contextId: number;
  readonly flags: number;
  remaining: number;
}

/** PDUs with a variable field of four bytes. PS3.8 9.3.4, 9.3.6 to 9.3.8. */
const SHORT_BODY_BYTES = 4;
const EMPTY = Buffer.alloc(0);
/** First allocation for a body: memory follows what arrived, not the length a peer claims. */
const FIRST_BODY_BYTES = 4096;

/**
 * Cuts a byte stream into PDUs. It holds at most one A-ASSOCIATE PDU; P-DATA-TF passes through as views of the chunks pushed.
 * Call `next` until it gives undefined, then `push` one more chunk; the memory of the one before may be used again then.
 */
export class PduParser {
  readonly #limits: ParserLimits;
  #bytes: Buffer = EMPTY;
  #body: OpenBody | undefined;
  /** Bytes left of the P-DATA-TF being read; undefined outside of one. */
  #pDataRemaining: number | undefined;
  #pdv: OpenPdv | undefined;

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  /** A P-DATA-TF has begun whose end has not come. */
  get isWithinData(): boolean {
    return this.#pDataRemaining !== undefined;
  }

  push(chunk: Buffer): void {
    // NOTE: what is left over is shorter than a header, so the copy is rare and small.
    this.#bytes = this.#bytes.byteLength === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** @throws RouterError `invalid-pdu`; the stream cannot be read on after it */
  next(): Incoming | undefined {
    const incoming = this.#read();
    if (incoming === undefined && this.#bytes.byteLength > 0) {
      this.#bytes = Buffer.from(this.#bytes);
    }
    return incoming;
  }

  #read(): Incoming | undefined {
    if (this.#body !== undefined) {
      return this.#readBody(this.#body);
    }
    if (this.#pdv !== undefined) {
      return this.#readFragment(this.#pdv);
    }
    return this.#pDataRemaining === undefined ? this.#readPduHeader() : this.#readPdvHeader(this.#pDataRemaining);
  }

  #readPduHeader(): Incoming | undefined {
    const header = this.#take(PDU_HEADER_BYTES);
    if (header === undefined) {
      return undefined;
    }
    const type = header.readUInt8(0);
    const length = header.readUInt32BE(2);
    if (type === PDU_TYPE.pDataTf) {
      checkLength(header, PDV_HEADER_BYTES, this.#limits.receivedPduBytes);
      this.#pDataRemaining = length;
      return { kind: 'p-data' };
    }
    if (type === PDU_TYPE.associateRq || type === PDU_TYPE.associateAc) {
      checkLength(header, 68, this.#limits.associateBytes);
    } else {
      checkLength(header, SHORT_BODY_BYTES, SHORT_BODY_BYTES);
    }
    this.#body = { type, length, bytes: Buffer.alloc(Math.min(length, FIRST_BODY_BYTES)), have: 0 };
    return this.#readBody(this.#body);
  }

  #readBody(body: OpenBody): Incoming | undefined {
    const part = this.#takeUpTo(body.length - body.have);
    if (body.have + part.byteLength > body.bytes.byteLength) {
      const size = Math.min(body.length, Math.max(body.bytes.byteLength * 2, body.have + part.byteLength));
      body.bytes = Buffer.concat([body.bytes.subarray(0, body.have)], size);
    }
    part.copy(body.bytes, body.have);
    body.have += part.byteLength;
    if (body.have < body.length) {
      return undefined;
    }
    this.#body = undefined;
    return { kind: 'pdu', pdu: decodePdu(body.type, body.bytes) };
  }

  #readPdvHeader(remaining: number): Incoming | undefined {
    const header = this.#take(PDV_HEADER_BYTES);
    if (header === undefined) {
      return undefined;
    }
    const length = header.readUInt32BE(0);
    if (length < 2 || length + 4 > remaining) {
      throw new RouterError('invalid-pdu', `P-DATA-TF: PDV item length: ${length} in a PDU with ${remaining} bytes left`);
    }
    this.#pDataRemaining = remaining - length - 4;
    if (this.#pDataRemaining > 0 && this.#pDataRemaining < PDV_HEADER_BYTES) {
      throw new RouterError('invalid-pdu', `P-DATA-TF: ${this.#pDataRemaining} bytes behind the last PDV item`);
    }
    this.#pdv = { contextId: header.readUInt8(4), flags: header.readUInt8(5), remaining: length - 2 };
    return this.#readFragment(this.#pdv);
  }

  #readFragment(pdv: OpenPdv): Incoming | undefined {
    const bytes = this.#takeUpTo(pdv.remaining);
    if (bytes.byteLength === 0 && pdv.remaining > 0) {
      return undefined;
    }
    pdv.remaining -= bytes.byteLength;
    const ends = pdv.remaining === 0;
    if (ends) {
      this.#pdv = undefined;
      this.#pDataRemaining = this.#pDataRemaining === 0 ? undefined : this.#pDataRemaining;
    }
    const { contextId, flags } = pdv;
    return {
      kind: 'fragment',
      fragment: { contextId, command: (flags & PDV_COMMAND) !== 0, last: ends && (flags & PDV_LAST) !== 0, bytes },
    };
  }

  #take(length: number): Buffer | undefined {
    return this.#bytes.byteLength < length ? undefined : this.#takeUpTo(length);
  }

  #takeUpTo(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(taken.byteLength);
    return taken;
  }
}

function checkLength(header: Buffer, min: number, max: number): void {
  const type = header.readUInt8(0);
  const length = header.readUInt32BE(2);
  const name = pduName(type);
  if (name === undefined) {
    const finding = foreignTongue(header);
    const hint = type === TLS_HANDSHAKE ? ': it speaks TLS, and this port does not' : '';
    throw new RouterError(
      'invalid-pdu',
      `PDU type ${type.toString(16).toUpperCase().padStart(2, '0')}H is not defined by PS3.8${hint}`,
      { finding },
    );
  }
  if (length < min || length > max) {
    const message = `${name}: PDU length: ${length}, expected ${min === max ? min : `${min} to ${max}`}`;
    throw new RouterError('invalid-pdu', message, {
      finding: { cause: length > max ? 'pdu-too-long' : 'pdu-invalid', facts: { pdu: name, length, max } },
    });
  }
}

/** The first bytes of what else is spoken on a network. RFC 9110 9, RFC 9112 4, RFC 8446 5.1. */
function foreignTongue(header: Buffer): Finding {
  const text = header.toString('latin1');
  if (/^(?:GET|PUT|POST|HEAD|OPTION|DELETE|PATCH|PRI)(?: |S$|$)/.test(text)) {
    return { cause: 'http-on-dicom-port', facts: {} };
  }
  if (text.startsWith('HTTP/')) {
    return { cause: 'peer-answered-http', facts: {} };
  }
  switch (header.readUInt8(0)) {
    case TLS_HANDSHAKE:
      return { cause: 'tls-on-clear-port', facts: {} };
    case TLS_ALERT:
      return { cause: 'peer-wants-tls', facts: {} };
    default:
      return { cause: 'not-dicom', facts: { bytes: header.toString('hex') } };
  }
}
