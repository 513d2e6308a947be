import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource } from '../part10/byte-source.ts';
import type { FrameCoding } from '../transfer-syntax.ts';
import { scanFragments } from './fragments.ts';
import { frameRanges } from './frame-ranges.ts';
import { type ExtendedOffsetTable, encapsulatedFrames, type FoundFrames } from './group-fragments.ts';

const JPEG = [0xff, 0xd8, 0xff, 0xe0];
const MORE = [0x12, 0x34, 0x56, 0x78];
const DELIMITATION = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];

function item(bytes: readonly number[]): number[] {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, 0xe000, true);
  view.setUint32(4, bytes.length, true);
  return [...header, ...bytes];
}

function table(offsets: readonly number[]): number[] {
  return [...new Uint8Array(Uint32Array.from(offsets).buffer)];
}

function value(
  offsets: readonly number[],
  fragments: readonly (readonly number[])[],
  end: readonly number[] = DELIMITATION,
): Uint8Array {
  return Uint8Array.from([...item(table(offsets)), ...fragments.flatMap(item), ...end]);
}

/** Where each frame begins, counted as offset tables count. */
function offsetsOf(frames: readonly (readonly (readonly number[])[])[]): number[] {
  let at = 0;
  return frames.map((fragments) => {
    const start = at;
    at += fragments.reduce((sum, fragment) => sum + 8 + fragment.length, 0);
    return start;
  });
}

async function framesOf(
  bytes: Uint8Array,
  numberOfFrames: number,
  coding: FrameCoding = 'jpeg-baseline',
  extended?: ExtendedOffsetTable,
): Promise<{ frames: number[][]; warnings: readonly string[] }> {
  const source = bytesSource(bytes);
  const found: FoundFrames = encapsulatedFrames(await scanFragments(source, 0), coding, numberOfFrames, extended);
  const frames: number[][] = [];
  for (let index = 0; index < found.table.count; index += 1) {
    const frame: number[] = [];
    for (const { offset, length } of frameRanges(found.table, index).ranges) {
      frame.push(...(await source.read(offset, length)));
    }
    frames.push(frame);
  }
  return { frames, warnings: found.warnings };
}

describe('frames of encapsulated pixel data', () => {
  const two = [
    [JPEG, MORE],
    [JPEG, MORE, MORE],
  ];
  const joined = two.map((fragments) => fragments.flat());
  const all = two.flat();

  it('are told apart by the basic offset table', async () => {
    expect(await framesOf(value(offsetsOf(two), all), 2)).toEqual({ frames: joined, warnings: [] });
  });

  it('are told apart by where code streams begin, when the table is empty', async () => {
    expect(await framesOf(value([], all), 2)).toEqual({ frames: joined, warnings: [] });
  });

  it('are told apart by where code streams begin, when the table is wrong', async () => {
    const { frames, warnings } = await framesOf(value([0, 5], all), 2);
    expect(frames).toEqual(joined);
    expect(warnings).toHaveLength(1);
  });

  it('are the fragments, when there are as many', async () => {
    expect(await framesOf(value([], [MORE, MORE, MORE]), 3)).toEqual({ frames: [MORE, MORE, MORE], warnings: [] });
  });

  it('are one, when one is announced', async () => {
    expect(await framesOf(value([], [MORE, MORE, JPEG]), 1)).toEqual({ frames: [[...MORE, ...MORE, ...JPEG]], warnings: [] });
    expect(await framesOf(value([0], [JPEG, MORE]), 1)).toEqual({ frames: [[...JPEG, ...MORE]], warnings: [] });
  });

  it('are the images that are there, when the number of frames is left out', async () => {
    const { frames, warnings } = await framesOf(value([], [JPEG, JPEG, JPEG]), 1);
    expect(frames).toEqual([JPEG, JPEG, JPEG]);
    expect(warnings[0]).toContain('3 images');
  });

  it('are one of a video, however it is cut', async () => {
    expect(await framesOf(value([], [MORE, JPEG, MORE]), 500, 'mpeg')).toEqual({
      frames: [[...MORE, ...JPEG, ...MORE]],
      warnings: [],
    });
  });

  it('are told apart by the extended offset table, without the padding byte', async () => {
    const extended = { offsets: [0, 12], lengths: [4, 3] };
    expect((await framesOf(value([], [JPEG, JPEG]), 2, 'jpeg-2000', extended)).frames).toEqual([JPEG, JPEG.slice(0, 3)]);
  });

  it('are found without the extended offset table where that is wrong', async () => {
    const { frames, warnings } = await framesOf(value([], [JPEG, JPEG]), 2, 'jpeg-2000', { offsets: [0, 9], lengths: [4, 4] });
    expect(frames).toEqual([JPEG, JPEG]);
    expect(warnings).toHaveLength(1);
  });

  it('are fewer with a warning, when fragments are missing', async () => {
    const { frames, warnings } = await framesOf(value([], [JPEG, JPEG]), 3);
    expect(frames).toEqual([JPEG, JPEG]);
    expect(warnings).toHaveLength(1);
  });

  it('are none with a warning, when nothing tells them apart or nothing is there', async () => {
    for (const bytes of [value([], [MORE, MORE, MORE]), value([], [])]) {
      const { frames, warnings } = await framesOf(bytes, 2);
      expect(frames).toEqual([]);
      expect(warnings).toHaveLength(1);
    }
  });

  it('are found where the last delimiter is missing or something else stands there', async () => {
    for (const end of [[], [0xfe, 0xff], [0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 0, 0, 0, 0]]) {
      const { frames, warnings } = await framesOf(value([], [JPEG, JPEG], end), 2);
      expect(frames).toEqual([JPEG, JPEG]);
      expect(warnings[0]).toContain('without a sequence delimitation item');
    }
  });

  it('are given back whatever they are cut into, with either table or, where they begin as images, none', async () => {
    const fragment = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 9 }).map((bytes) => [...MORE, ...bytes]);
    const frame = fc.array(fragment, { maxLength: 4 }).map((rest) => [[...JPEG, 1], ...rest]);
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.boolean(), async (frames, withTable) => {
        const bytes = value(withTable ? offsetsOf(frames) : [], frames.flat());
        expect(await framesOf(bytes, frames.length)).toEqual({
          frames: frames.map((fragments) => fragments.flat()),
          warnings: [],
        });
      }),
    );
  });
});

describe('the fragment scanner', () => {
  it.each([
    ['the object ends within a fragment', value([], [JPEG, JPEG], []).subarray(0, -1), 'truncated'],
    [
      'a fragment is longer than the object',
      Uint8Array.from([...item([]), 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 127]),
      'truncated',
    ],
    ['a fragment has no length', Uint8Array.from([...item([]), 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255]), 'invalid-element'],
    ['no item begins there', Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]), 'invalid-element'],
    ['there is nothing', new Uint8Array(), 'invalid-element'],
  ])('refuses when %s', async (_, bytes, code) => {
    await expect(scanFragments(bytesSource(bytes), 0)).rejects.toMatchObject({ code });
  });

  it('refuses more fragments or table entries than allowed', async () => {
    const fragments = Array.from({ length: 11 }, () => MORE);
    for (const bytes of [value([], fragments), value(offsetsOf(fragments.map((one) => [one])), [])]) {
      await expect(scanFragments(bytesSource(bytes), 0, bytes.length, { maxFragments: 10 })).rejects.toMatchObject({
        code: 'limit-exceeded',
      });
    }
  });

  it('reads little of large fragments, and few times of small ones', async () => {
    const counted = (bytes: Uint8Array): { source: ByteSource; reads: number[] } => {
      const reads: number[] = [];
      const inner = bytesSource(bytes);
      const read = (offset: number, length: number): Promise<Uint8Array> => {
        reads.push(length);
        return inner.read(offset, length);
      };
      return { source: { size: bytes.length, read }, reads };
    };
    const large = counted(
      value(
        [],
        Array.from({ length: 5 }, () => new Array<number>(100_000).fill(7)),
      ),
    );
    await scanFragments(large.source, 0);
    expect(large.reads.reduce((sum, length) => sum + length)).toBeLessThan(12_000);
    const small = counted(
      value(
        [],
        Array.from({ length: 2000 }, () => MORE),
      ),
    );
    expect((await scanFragments(small.source, 0)).fragments).toHaveLength(2000);
    expect(small.reads.length).toBeLessThan(12);
  });
});
