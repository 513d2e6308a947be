import { describe, expect, it } from 'vitest';
import { boundedText } from './bounded-body.ts';

const tooLong = () => new RangeError('too long');

describe('a bounded body', () => {
  it('is read whole, letters that lie across its pieces too', async () => {
    const bytes = new TextEncoder().encode('Nguyễn');
    const body = ReadableStream.from([bytes.subarray(0, 5), bytes.subarray(5)]);
    expect(await boundedText({ body }, bytes.byteLength, tooLong)).toBe('Nguyễn');
    expect(await boundedText({ body: null }, 0, tooLong)).toBe('');
  });

  it('is let go at the first byte too many', async () => {
    let asked = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          asked += 1;
          controller.enqueue(new Uint8Array(10));
        },
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    await expect(boundedText({ body }, 25, tooLong)).rejects.toThrow('too long');
    expect([asked, cancelled]).toEqual([3, true]);
  });
});
