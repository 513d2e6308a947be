import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouterError } from '../../errors.ts';
import { decodePdu } from './decode.ts';
import { encodePData, encodePdu } from './encode.ts';
import type { AssociateAc, AssociateRq, ControlPdu, UserInformation } from './model.ts';
import { type Incoming, PduParser } from './pdu-parser.ts';

const limits = { associateBytes: 1_048_576, receivedPduBytes: 16_777_216 };

const digits = fc.stringMatching(/^[0-9]{1,9}$/);
const uid = fc.array(digits, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));
const ae = fc.stringMatching(/^[A-Z0-9_]{1,16}$/);
const bytes = fc.uint8Array({ maxLength: 40 });
const u8 = fc.integer({ min: 0, max: 255 });
const contextId = fc.integer({ min: 0, max: 127 }).map((half) => 2 * half + 1);

const user: fc.Arbitrary<UserInformation> = fc.record(
  {
    maxLength: fc.nat(),
    implementationClassUid: uid,
    implementationVersionName: fc.stringMatching(/^[A-Z0-9_]{1,16}$/),
    asynchronousOperations: fc.record({ invoked: fc.nat(65_535), performed: fc.nat(65_535) }),
    roles: fc.array(fc.record({ sopClassUid: uid, scu: fc.boolean(), scp: fc.boolean() }), { maxLength: 3 }),
    extended: fc.array(fc.record({ sopClassUid: uid, information: bytes }), { maxLength: 3 }),
    commonExtended: fc.array(
      fc.record({ sopClassUid: uid, serviceClassUid: uid, relatedGeneralSopClassUids: fc.array(uid, { maxLength: 3 }) }),
      { maxLength: 3 },
    ),
    userIdentity: fc.record({ type: u8, positiveResponseRequested: fc.boolean(), primary: bytes, secondary: bytes }),
    userIdentityResponse: bytes,
  },
  { requiredKeys: ['maxLength', 'implementationClassUid', 'roles', 'extended', 'commonExtended'] },
);

const head = { protocolVersion: fc.nat(65_535), calledAe: ae, callingAe: ae, applicationContext: uid, user };
const associateRq: fc.Arbitrary<AssociateRq> = fc.record({
  type: fc.constant('associate-rq' as const),
  ...head,
  contexts: fc.array(
    fc.record({ id: contextId, abstractSyntax: uid, transferSyntaxes: fc.array(uid, { minLength: 1, maxLength: 4 }) }),
    { maxLength: 8 },
  ),
});
const associateAc: fc.Arbitrary<AssociateAc> = fc.record({
  type: fc.constant('associate-ac' as const),
  ...head,
  contexts: fc.array(fc.record({ id: contextId, result: fc.constant(0), transferSyntax: uid }), { maxLength: 8 }),
});
const controlPdu: fc.Arbitrary<ControlPdu> = fc.oneof(
  associateRq,
  associateAc,
  fc.record({ type: fc.constant('associate-rj' as const), result: u8, source: u8, reason: u8 }),
  fc.constant({ type: 'release-rq' } as const),
  fc.constant({ type: 'release-rp' } as const),
  fc.record({ type: fc.constant('abort' as const), source: u8, reason: u8 }),
);

/** Views into buffers as plain values, so that they compare by content. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return [...value];
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]))
    : value;
}

function parse(stream: Buffer, cuts: readonly number[]): Incoming[] {
  const parser = new PduParser(limits);
  const found: Incoming[] = [];
  const take = () => {
    for (let incoming = parser.next(); incoming !== undefined; incoming = parser.next()) {
      found.push(
        incoming.kind === 'fragment'
          ? { kind: 'fragment', fragment: { ...incoming.fragment, bytes: Buffer.from(incoming.fragment.bytes) } }
          : incoming,
      );
    }
  };
  // Each chunk comes in the same memory, as from a socket that reads into one buffer.
  const memory = Buffer.alloc(stream.byteLength);
  const at = [0, ...cuts.map((cut) => cut % (stream.byteLength + 1)).toSorted((a, b) => a - b), stream.byteLength];
  for (let index = 1; index < at.length; index += 1) {
    take();
    memory.fill(0xee);
    parser.push(memory.subarray(0, stream.copy(memory, 0, at[index - 1], at[index])));
  }
  take();
  return found;
}

describe('the PDU codec', () => {
  it('reads back every PDU it writes', () => {
    fc.assert(
      fc.property(controlPdu, (pdu) => {
        const encoded = encodePdu(pdu);
        expect(encoded.readUInt32BE(2)).toBe(encoded.byteLength - 6);
        expect(plain(decodePdu(encoded.readUInt8(0), encoded.subarray(6)))).toEqual(plain(pdu));
      }),
    );
  });

  it('gives the same PDUs and bytes however the network cuts the stream', () => {
    const pdvs = fc.array(fc.record({ contextId, command: fc.boolean(), last: fc.boolean(), bytes }), { maxLength: 5 });
    fc.assert(
      fc.property(controlPdu, pdvs, fc.array(fc.nat(5000), { maxLength: 12 }), (pdu, values, cuts) => {
        const data = encodePData(values.map(({ bytes: part, ...value }) => ({ ...value, parts: [part] })));
        const incoming = parse(Buffer.concat([encodePdu(pdu), ...data, encodePdu(pdu)]), cuts);
        expect(incoming.filter(({ kind }) => kind === 'pdu').map(plain)).toEqual(
          [pdu, pdu].map((each) => plain({ kind: 'pdu', pdu: each })),
        );
        expect(incoming.filter(({ kind }) => kind === 'p-data')).toHaveLength(values.length);
        const fragments = incoming.flatMap((each) => (each.kind === 'fragment' ? [each.fragment] : []));
        expect(Buffer.concat(fragments.map((fragment) => fragment.bytes))).toEqual(
          Buffer.concat(values.map((value) => value.bytes)),
        );
        expect(fragments.filter(({ last }) => last)).toHaveLength(values.filter(({ last }) => last).length);
      }),
    );
  });

  it('answers any bytes with PDUs or with an error of its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.uint8Array({ maxLength: 300 }), (type, body) => {
        const header = Buffer.alloc(6);
        header.writeUInt8(type);
        header.writeUInt32BE(body.byteLength, 2);
        try {
          parse(Buffer.concat([header, body]), []);
        } catch (error) {
          expect(error).toBeInstanceOf(RouterError);
          expect(error).toMatchObject({ code: 'invalid-pdu' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a type that is not defined', '090000000004', 'PDU type 09H is not defined by PS3.8'],
    ['a release of the wrong length', '050000000005', 'A-RELEASE-RQ: PDU length: 5, expected 4'],
    ['an association request too long to hold', '01007fffffff', 'A-ASSOCIATE-RQ: PDU length: 2147483647, expected 68 to 1048576'],
    ['a PDV longer than its PDU', '04000000000a000000ff0103', 'P-DATA-TF: PDV item length: 255 in a PDU with 10 bytes left'],
    ['a PDV too short for its header', '04000000000a000000010103', 'P-DATA-TF: PDV item length: 1 in a PDU with 10 bytes left'],
    ['bytes behind the last PDV', '04000000000a000000030103', 'P-DATA-TF: 3 bytes behind the last PDV item'],
    ['an empty P-DATA-TF', '040000000000', 'P-DATA-TF: PDU length: 0, expected 6 to 16777216'],
  ])('names what is wrong with %s', (_, hex, message) => {
    expect(() => parse(Buffer.from(hex, 'hex'), [])).toThrow(message);
  });

  it('names the field at fault inside an association request', () => {
    const encoded = (transferSyntax: string) =>
      encodePdu({
        type: 'associate-rq',
        protocolVersion: 1,
        calledAe: 'A',
        callingAe: 'B',
        applicationContext: '1.2',
        contexts: [{ id: 1, abstractSyntax: '1.2.3', transferSyntaxes: [transferSyntax] }],
        user: { maxLength: 0, implementationClassUid: '1', roles: [], extended: [], commonExtended: [] },
      }).subarray(6);
    expect(() => decodePdu(1, encoded('not a uid'))).toThrow(
      'A-ASSOCIATE-RQ: presentation context: transfer syntax: not a UID: "not a uid"',
    );
    expect(() => decodePdu(1, encoded('1.2').subarray(0, -2))).toThrow('A-ASSOCIATE-RQ: user information: needs 13 bytes');
  });

  it('reads AE titles padded with NUL as with spaces', () => {
    const padded = (fill: string) =>
      encodePdu({
        type: 'associate-rq',
        protocolVersion: 1,
        calledAe: 'FILMLESS'.padEnd(16, fill),
        callingAe: ' CT01'.padEnd(16, fill),
        applicationContext: '1.2',
        contexts: [],
        user: { maxLength: 0, implementationClassUid: '1', roles: [], extended: [], commonExtended: [] },
      }).subarray(6);
    for (const fill of [' ', '\0']) {
      expect(decodePdu(1, padded(fill))).toMatchObject({ calledAe: 'FILMLESS', callingAe: 'CT01' });
    }
  });

  it('takes no memory for a length that is only claimed', () => {
    const header = Buffer.from('0100000fffff', 'hex');
    const before = process.memoryUsage().arrayBuffers;
    const parsers = Array.from({ length: 200 }, () => {
      const parser = new PduParser(limits);
      parser.push(header);
      parser.next();
      return parser;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(parsers).toHaveLength(200);
  });
});
