import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeJpeg } from './decode-jpeg.ts';
import { uprightJpeg } from './upright.ts';

/** Noise, so that every coefficient counts. */
async function noise(
  columns: number,
  rows: number,
  options: JpegOptions,
  orientation = 1,
  channels: 1 | 3 = 3,
): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: rows * columns * channels }, (_, index) => (index * 7919) % 251);
  const image = sharp(pixels, { raw: { width: columns, height: rows, channels } });
  return await (channels === 1 ? image.toColourspace('b-w') : image).jpeg(options).withMetadata({ orientation }).toBuffer();
}

/** The same image, said to be turned otherwise. */
function marked(jpeg: Uint8Array, orientation: number): Promise<Uint8Array> {
  const exif = Buffer.from('Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0?\0\0\0\0\0\0\0', 'latin1');
  exif[6 + 8 + 2 + 8] = orientation;
  const length = exif.length + 2;
  return Promise.resolve(
    Buffer.concat([jpeg.subarray(0, 2), Uint8Array.of(0xff, 0xe1, length >> 8, length & 255), exif, jpeg.subarray(2)]),
  );
}

const back: Readonly<Record<number, number>> = { 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 };

describe('a JPEG image that is set upright', () => {
  it.each([2, 3, 4, 5, 6, 7, 8])('loses nothing: turned as %s and back it is what it was', async (orientation) => {
    for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
      const jpeg = await noise(48, 32, { quality: 80, chromaSubsampling }, orientation);
      const upright = uprightJpeg(jpeg);
      const again = uprightJpeg(await marked(upright ?? new Uint8Array(), back[orientation] ?? 1));
      const [before, after] = [decodeJpeg(jpeg), decodeJpeg(again ?? new Uint8Array())];
      expect([after.header.rows, after.header.columns]).toEqual([32, 48]);
      expect(Buffer.from(after.samples.buffer).equals(Buffer.from(before.samples.buffer))).toBe(true);
    }
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('is what another decoder makes of it when it obeys %s', async (orientation) => {
    const jpeg = await noise(48, 32, { quality: 80, chromaSubsampling: '4:4:4' }, orientation);
    const [ours, theirs] = await Promise.all([
      sharp(uprightJpeg(jpeg)).raw().toBuffer({ resolveWithObject: true }),
      sharp(jpeg).rotate().raw().toBuffer({ resolveWithObject: true }),
    ]);
    expect([ours.info.width, ours.info.height]).toEqual([theirs.info.width, theirs.info.height]);
    const most = ours.data.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (theirs.data[index] ?? 0))), 0);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('is baseline where it was progressive, grey or odd in size, with the same samples', async () => {
    for (const [columns, rows, channels] of [
      [48, 32, 3],
      [45, 31, 3],
      [13, 9, 1],
    ] as const) {
      const jpeg = await noise(columns, rows, { quality: 80, progressive: true }, 1, channels);
      const upright = uprightJpeg(jpeg) ?? new Uint8Array();
      expect(decodeJpeg(upright).header.process).toBe('sequential');
      expect(Buffer.from(decodeJpeg(upright).samples.buffer).equals(Buffer.from(decodeJpeg(jpeg).samples.buffer))).toBe(true);
    }
  });

  it('is left to others where an edge within a block would come to lie on the other side', async () => {
    expect(uprightJpeg(await noise(45, 32, { quality: 80 }, 2))).toBeUndefined();
    expect(uprightJpeg(await noise(48, 31, { quality: 80 }, 6))).toBeUndefined();
    expect(uprightJpeg(await noise(45, 31, { quality: 80 }, 5))).toBeDefined();
  });

  it('is refused when it is cut off', async () => {
    const jpeg = await noise(48, 32, { quality: 80 });
    expect(() => uprightJpeg(jpeg.subarray(0, jpeg.length - 100))).toThrow('the image is cut off');
  });
});
