import { expect, test } from 'vitest';
import type { Raster } from './encode.ts';
import { cropRaster, enlargeRaster } from './resample.ts';

const gray = (width: number, ...bytes: number[]): Raster => ({
  width,
  height: bytes.length / width,
  channels: 1,
  bytes: Uint8Array.from(bytes),
});

test('enlarging goes by the centres of pixels, so that nothing moves', () => {
  expect([...enlargeRaster(gray(2, 0, 100), { width: 4, height: 1 }).bytes]).toEqual([0, 25, 75, 100]);
  expect([...enlargeRaster(gray(1, 0, 100), { width: 1, height: 4 }).bytes]).toEqual([0, 25, 75, 100]);
});

test('the mirror of an enlarged image is the enlarged mirror', () => {
  const line = [3, 99, 250, 17, 180];
  const there = [...enlargeRaster(gray(5, ...line), { width: 13, height: 1 }).bytes];
  expect([...enlargeRaster(gray(5, ...line.toReversed()), { width: 13, height: 1 }).bytes]).toEqual(there.toReversed());
});

test('sides that do not grow keep their length, and colours stay apart', () => {
  const rgb: Raster = { width: 2, height: 1, channels: 3, bytes: Uint8Array.of(0, 10, 200, 100, 10, 0) };
  const larger = enlargeRaster(rgb, { width: 1, height: 2 });
  expect([larger.width, larger.height, ...larger.bytes]).toEqual([2, 2, ...rgb.bytes, ...rgb.bytes]);
});

test('a crop is the part within its box', () => {
  const whole = gray(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect([...cropRaster(whole, { left: 1, top: 1, width: 2, height: 2 }).bytes]).toEqual([5, 6, 8, 9]);
  expect(cropRaster(whole, { left: 0, top: 0, width: 3, height: 3 })).toBe(whole);
});
