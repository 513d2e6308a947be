import { describe, expect, it } from 'vitest';
import { bytesSource } from '../part10/byte-source.ts';
import { readMp4Facts } from './mp4-facts.ts';

const long = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const box = (name: string, ...content: readonly (readonly number[])[]): number[] => {
  const body = content.flat();
  return [...long(8 + body.length), ...Buffer.from(name), ...body];
};
const zeros = (count: number) => Array<number>(count).fill(0);

/** A film of 50 frames of 40 ms, 640 x 480, without its pictures. */
function film(
  format: 'avc1' | 'hvc1' | 'mp4a',
  setup: readonly number[],
  { moovLast = false, duration = 2_000 } = {},
): Uint8Array {
  const entry = box(format, zeros(24), [640 >> 8, 640 & 255, 480 >> 8, 480 & 255], zeros(50), setup);
  const description = box('stsd', zeros(4), long(1), entry);
  const table = box('stbl', description, box('stsz', zeros(8), long(50)));
  const header = box('mdhd', zeros(12), long(1_000), long(duration), zeros(4));
  const moov = box('moov', box('mvhd', zeros(100)), box('trak', box('tkhd', zeros(84)), box('mdia', header, box('minf', table))));
  const [front, data] = [box('ftyp', zeros(8)), box('mdat', zeros(1_000))];
  return Uint8Array.from(moovLast ? [...front, ...data, ...moov] : [...front, ...moov, ...data]);
}

const read = (bytes: Uint8Array) => readMp4Facts(bytesSource(bytes));

describe('the index of an MP4 file', () => {
  it.each([true, false])('says how large the pictures are, how many and how long (at the end: %s)', async (moovLast) => {
    expect(await read(film('avc1', box('avcC', [1, 100, 0, 42]), { moovLast }))).toEqual({
      codec: 'h264',
      rows: 480,
      columns: 640,
      frames: 50,
      frameTime: 40,
      level: 42,
      bitDepth: 8,
    });
  });

  it('tells H.265 with its depth', async () => {
    const setup = box('hvcC', [1, 1, ...zeros(10), 153, ...zeros(4), 0b11111010, ...zeros(5)]);
    expect(await read(film('hvc1', setup))).toMatchObject({ codec: 'h265', level: 153, bitDepth: 10 });
  });

  it.each([
    ['a sound', film('mp4a', [])],
    ['no setup of the coding', film('avc1', box('free', zeros(4)))],
    ['text', Buffer.from('this is no film at all')],
    ['nothing', new Uint8Array()],
    ['a box that is longer than the file', Uint8Array.from([...long(5_000), ...Buffer.from('moov')])],
    ['boxes of no length', Uint8Array.from([...long(4), ...Buffer.from('ftyp'), ...zeros(100)])],
  ])('is refused where there is %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });

  it('ends well at whatever byte it is cut', async () => {
    const whole = film('avc1', box('avcC', [1, 100, 0, 41]));
    for (let length = 0; length < whole.length; length += 1) {
      await read(whole.subarray(0, length)).then(
        (facts) => expect(facts.frames).toBe(50),
        (error: unknown) => expect(error).toMatchObject({ name: 'DicomError' }),
      );
    }
  });
});
