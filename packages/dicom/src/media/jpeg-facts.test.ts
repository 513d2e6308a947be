import { describe, expect, it } from 'vitest';
import { readJpegFacts } from './jpeg-facts.ts';

const segment = (marker: number, body: readonly number[]): readonly number[] => [
  0xff,
  marker,
  (body.length + 2) >> 8,
  (body.length + 2) & 255,
  ...body,
];
const text = (words: string): readonly number[] => [...words].map((letter) => letter.charCodeAt(0));
const frame = (marker: number, ids: readonly number[] = [1, 2, 3]): readonly number[] =>
  segment(marker, [8, 0, 30, 0, 40, ids.length, ...ids.flatMap((id) => [id, 0x11, 0])]);
const SCAN = segment(0xda, [1, 1, 0, 0, 63, 0]);
const jpeg = (...segments: readonly (readonly number[])[]): Uint8Array => Uint8Array.from([0xff, 0xd8, ...segments.flat()]);

/** EXIF with an orientation and a moment, in either byte order. */
function exif(orientation: number, little: boolean): readonly number[] {
  const body = new Uint8Array(100);
  const view = new DataView(body.buffer);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 2, little);
  const entry = (at: number, tag: number, type: number, count: number): void => {
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
  };
  entry(10, 0x0112, 3, 1);
  view.setUint16(18, orientation, little);
  entry(22, 0x8769, 4, 1);
  view.setUint32(30, 40, little);
  view.setUint16(40, 1, little);
  entry(42, 0x9003, 2, 20);
  view.setUint32(50, 60, little);
  body.set(text('2026:03:01 08:09:10'), 60);
  return segment(0xe1, [...text('Exif'), 0, 0, ...body]);
}

describe('the markers of a JPEG image', () => {
  it.each([true, false])('say how large it is, how it is turned and when it was taken (little endian: %s)', (little) => {
    const notes = exif(6, little);
    expect(readJpegFacts(jpeg(segment(0xe0, text('JFIF\0')), notes, frame(0xc0), SCAN))).toEqual({
      kind: 'baseline',
      rows: 30,
      columns: 40,
      precision: 8,
      components: 3,
      isRgb: false,
      orientation: 6,
      takenAt: '20260301080910',
      notes: [{ offset: 11, length: notes.length }],
      scan: 11 + notes.length + frame(0xc0).length,
    });
  });

  it.each([
    ['progressive', frame(0xc2), false],
    ['lossless', frame(0xc3), false],
    ['baseline', frame(0xc0, [82, 71, 66]), true],
  ])('tell %s coding, and colours without a transform', (kind, coded, isRgb) => {
    expect(readJpegFacts(jpeg(coded, SCAN))).toMatchObject({ kind, isRgb, orientation: 1, takenAt: undefined });
  });

  it.each([
    ['no JPEG', Uint8Array.of(1, 2, 3), 'not a JPEG image'],
    ['a scan without a frame', jpeg(SCAN), 'without a frame header'],
    ['an end before it began', jpeg([0xff, 0xd9, 0, 0]), 'no marker segment'],
    ['a part of it', jpeg(frame(0xc0)).subarray(0, 12), 'go on behind byte 12'],
  ])('are refused of %s', (_, bytes, reason) => {
    expect(() => readJpegFacts(bytes)).toThrow(reason);
  });

  it('are read with an EXIF that points anywhere', () => {
    for (let at = 0; at < 100; at += 1) {
      const notes = [...exif(6, true)];
      notes[10 + at] = 0xff;
      expect(readJpegFacts(jpeg(notes, frame(0xc0), SCAN)).rows).toBe(30);
    }
  });
});
