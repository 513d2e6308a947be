import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataSet } from '../dataset/model.ts';
import { Blackening } from './blacken.ts';
import type { PixelArea } from './profile.ts';

interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly samples?: number;
  readonly photometric?: string;
  readonly planar?: number;
  readonly signed?: number;
  readonly stored?: number;
}

function image({ rows, columns, bits, samples = 1, photometric = 'MONOCHROME2', ...more }: Image): DataSet {
  const number = (value: number) => ({ vr: 'US', Value: [value] }) as const;
  return {
    '00280002': number(samples),
    '00280004': { vr: 'CS', Value: [photometric] },
    '00280006': number(more.planar ?? 0),
    '00280010': number(rows),
    '00280011': number(columns),
    '00280100': number(bits),
    '00280101': number(more.stored ?? bits),
    '00280102': number((more.stored ?? bits) - 1),
    '00280103': number(more.signed ?? 0),
  };
}

function blackened(dataSet: DataSet, areas: readonly PixelArea[], bytes: Uint8Array, size = bytes.length): Uint8Array {
  const blackening = new Blackening(dataSet, areas, false);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    pieces.push(blackening.apply(bytes.subarray(at, at + size), at));
  }
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

describe('blackening areas of native pixels', () => {
  it('leaves every pixel outside as it is, in every frame, whatever the pieces', () => {
    const size = fc.integer({ min: 1, max: 9 });
    const area = fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 }), size, size);
    const kinds = fc.constantFrom(
      { bits: 8, samples: 1 },
      { bits: 16, samples: 1 },
      { bits: 8, samples: 3 },
      { bits: 16, samples: 3 },
    );
    fc.assert(
      fc.property(
        size,
        size,
        kinds,
        fc.array(area, { maxLength: 3 }),
        fc.integer({ min: 0, max: 1 }),
        size,
        (rows, columns, kind, areas, planar, piece) => {
          const photometric = kind.samples === 3 ? 'RGB' : 'MONOCHROME2';
          const pixelBytes = (kind.bits / 8) * kind.samples;
          const frameBytes = rows * columns * pixelBytes;
          const bytes = new Uint8Array(2 * frameBytes).fill(7);
          const result = blackened(image({ rows, columns, ...kind, photometric, planar }), areas, bytes, piece);
          const isIn = (x: number, y: number) => areas.some(([l, t, w, h]) => x >= l && x < l + w && y >= t && y < t + h);
          for (let at = 0; at < bytes.length; at += 1) {
            const inFrame = at % frameBytes;
            const pixel =
              planar === 1 && kind.samples === 3
                ? Math.floor(inFrame / (kind.bits / 8)) % (rows * columns)
                : Math.floor(inFrame / pixelBytes);
            expect(result[at]).toBe(isIn(pixel % columns, Math.floor(pixel / columns)) ? 0 : 7);
          }
          expect(bytes.every((byte) => byte === 7)).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['MONOCHROME1', { bits: 16, stored: 12, photometric: 'MONOCHROME1' }, [0xff, 0x0f]],
    ['MONOCHROME1 of signed samples', { bits: 16, stored: 12, signed: 1, photometric: 'MONOCHROME1' }, [0xff, 0x07]],
    ['signed samples', { bits: 16, stored: 12, signed: 1 }, [0x00, 0xf8]],
    ['YBR_FULL', { bits: 8, samples: 3, photometric: 'YBR_FULL' }, [0, 128, 128]],
    ['palettes', { bits: 8, photometric: 'PALETTE COLOR' }, [0]],
  ] as const)('takes what is black in %s', (_, kind, black) => {
    const result = blackened(image({ rows: 1, columns: 2, ...kind }), [[1, 0, 5, 5]], new Uint8Array(2 * black.length).fill(9));
    expect([...result]).toEqual([...black.map(() => 9), ...black]);
  });

  it('takes both pixels that share their colour', () => {
    const dataSet = image({ rows: 1, columns: 4, bits: 8, samples: 3, photometric: 'YBR_FULL_422' });
    expect([...blackened(dataSet, [[1, 0, 1, 1]], new Uint8Array(8).fill(9))]).toEqual([0, 0, 128, 128, 9, 9, 9, 9]);
  });

  it('clears bits that no sample uses', () => {
    const blackening = new Blackening(image({ rows: 1, columns: 2, bits: 16, stored: 12 }), [], true);
    expect([...blackening.apply(Uint8Array.from([0xff, 0xff, 0x01, 0x10]), 0)]).toEqual([0xff, 0x0f, 0x01, 0x00]);
  });

  it('refuses samples of single bits', () => {
    expect(() => new Blackening(image({ rows: 1, columns: 8, bits: 1 }), [[0, 0, 1, 1]], false)).toThrow(
      expect.objectContaining({ code: 'not-deidentifiable' }),
    );
  });
});
