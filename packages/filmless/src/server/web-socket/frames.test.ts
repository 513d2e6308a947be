import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, OPCODE, writeFrame } from './frames.ts';

/** The same frame as a client sends it. */
function masked(frame: Uint8Array, mask = Buffer.from([1, 2, 3, 4])): Buffer {
  const short = (frame[1] ?? 0) & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  const head = Buffer.from(frame.subarray(0, start));
  head[1] = short | 0x80;
  return Buffer.concat([head, mask, frame.subarray(start).map((byte, at) => byte ^ (mask[at % 4] ?? 0))]);
}

describe('frames', () => {
  it('are read as they were written, however their bytes come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (payloads, mask, step) => {
          const bytes = Buffer.concat(payloads.map((payload) => masked(writeFrame(OPCODE.text, payload), Buffer.from(mask))));
          const reader = new FrameReader(4_096);
          const read: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; at += step) {
            read.push(...reader.take(bytes.subarray(at, at + step)).map(({ payload }) => payload));
          }
          expect(read.map((payload) => Buffer.from(payload).toString('hex'))).toEqual(
            payloads.map((payload) => Buffer.from(payload).toString('hex')),
          );
        },
      ),
    );
  });

  it.each([
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ])('of %i bytes have a head of %i', (length, head) => {
    expect(writeFrame(OPCODE.text, new Uint8Array(length)).length).toBe(length + head);
  });

  it.each([
    ['that are not masked', writeFrame(OPCODE.text, Buffer.from('hi')), 1002],
    ['with bits nobody agreed on', masked(writeFrame(0x41, new Uint8Array(0))), 1002],
    ['of an unknown opcode', masked(writeFrame(3, new Uint8Array(0))), 1002],
    ['of control that are long', masked(writeFrame(OPCODE.ping, new Uint8Array(126))), 1002],
    ['of control in parts', Buffer.from([OPCODE.ping, 0x80, 0, 0, 0, 0]), 1002],
    ['that are long', masked(writeFrame(OPCODE.text, new Uint8Array(5_000))), 1009],
    ['that say they are endless', Buffer.from([0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255]), 1009],
  ] as const)('%s are refused before they are whole', (_, bytes, code) => {
    expect(() => new FrameReader(4_096).take(bytes)).toThrow(expect.objectContaining({ code }));
  });

  it('of any bytes at all are read or refused, and nothing is kept beyond one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          for (const { payload } of new FrameReader(64).take(bytes)) {
            expect(payload.length).toBeLessThanOrEqual(64);
          }
        } catch (error) {
          expect([1002, 1009]).toContain((error as { readonly code?: number }).code);
        }
      }),
    );
  });
});
