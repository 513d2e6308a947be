import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mendTwelveBit, readJpegHeader, withColourModel } from './jpeg.ts';

const frame = (process: number, precision = 8, components = 3) => [0xff, process, 0, 17, precision, 0, 16, 0, 16, components];
const stream = (...segments: readonly (readonly number[])[]) => Uint8Array.from([0xff, 0xd8, ...segments.flat()]);
const adobe = (length: number) => [
  0xff,
  0xee,
  0,
  length,
  ...[...'Adobe'].map((letter) => letter.charCodeAt(0)),
  ...new Array<number>(Math.max(length - 7, 0)).fill(0),
];

describe('a JPEG header', () => {
  test('names the process, depth and components of the stream', () => {
    expect(readJpegHeader(stream([0xff, 0xdb, 0, 4, 1, 2], frame(0xc3, 16, 1)))).toEqual({
      process: 0xc3,
      precision: 16,
      components: 1,
      tellsColour: false,
    });
  });

  test('tells the colour by a JFIF or a whole Adobe segment', () => {
    const jfif = [0xff, 0xe0, 0, 7, ...[...'JFIF'].map((letter) => letter.charCodeAt(0)), 0];
    expect(readJpegHeader(stream(jfif, frame(0xc0)))?.tellsColour).toBe(true);
    expect(readJpegHeader(stream(adobe(14), frame(0xc0)))?.tellsColour).toBe(true);
    expect(readJpegHeader(stream(adobe(12), frame(0xc0)))?.tellsColour).toBe(false);
  });

  test('is none in anything else', () => {
    expect(readJpegHeader(Uint8Array.of(0xff, 0x4f, 0xff, 0x51))).toBeUndefined();
    expect(readJpegHeader(stream([0xff, 0xda, 0, 2]))).toBeUndefined();
  });

  test('is looked for without an end in no bytes at all', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void readJpegHeader(Uint8Array.of(0xff, 0xd8, ...bytes))));
  });
});

test('a stream is told its colour model before anything else', () => {
  const told = withColourModel(stream(frame(0xc0)), 'RGB');
  expect(readJpegHeader(told)).toMatchObject({ process: 0xc0, tellsColour: true });
  expect(told[2 + 15]).toBe(0);
  expect(withColourModel(stream(frame(0xc0)), 'YBR_FULL_422')[2 + 15]).toBe(1);
});

test('12-bit values come down by what the decoder added too much', () => {
  const samples = Uint16Array.of(0, 14, 15, 2063, 4094, 4095);
  mendTwelveBit(samples);
  expect([...samples]).toEqual([0, 0, 0, 2048, 4079, 4095]);
});
