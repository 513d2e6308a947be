import type { DataSet } from '@filmless/dicom';
import { describe, expect, it, test } from 'vitest';
import { lookUp, readTable } from './lookup-table.ts';
import { expandSegments, readPalette } from './palette.ts';

const base64 = (bytes: readonly number[]): string => Buffer.from(bytes).toString('base64');

function paletteHeader(descriptor: readonly number[], red: readonly number[], green = red, blue = red): DataSet {
  const data = (values: readonly number[]) => ({ vr: 'OW', InlineBinary: base64(values) }) as const;
  const described = { vr: 'US', Value: descriptor } as const;
  return {
    '00281101': described,
    '00281102': described,
    '00281103': described,
    '00281201': data(red),
    '00281202': data(green),
    '00281203': data(blue),
  };
}

test('sixteen-bit entries keep their upper byte', async () => {
  const palette = await readPalette(paletteHeader([2, 5, 16], [0x34, 0x12, 0xff, 0xff]), false, undefined);
  expect([palette.first, [...palette.red]]).toEqual([5, [0x12, 0xff]]);
});

test('eight-bit values under a sixteen-bit descriptor are taken as they are', async () => {
  const palette = await readPalette(paletteHeader([2, 0, 16], [10, 0, 200, 0]), false, undefined);
  expect([...palette.green]).toEqual([10, 200]);
});

test('eight-bit entries may be packed two to a word', async () => {
  expect([...(await readPalette(paletteHeader([4, 0, 8], [1, 2, 3, 4]), false, undefined)).blue]).toEqual([1, 2, 3, 4]);
});

test('a table that is too long for the header is read from the object', async () => {
  const header = { ...paletteHeader([2, 0, 8], [1, 2]), '00281201': { vr: 'OW', BulkDataURI: 'bulkdata/00281201' } as const };
  await expect(readPalette(header, false, undefined)).rejects.toMatchObject({ code: 'cannot-decode' });
  const palette = await readPalette(header, false, (uri) => {
    expect(uri).toBe('bulkdata/00281201');
    return Promise.resolve(Uint8Array.of(7, 9));
  });
  expect([...palette.red]).toEqual([7, 9]);
});

test('a palette without its tables is no image', async () => {
  await expect(readPalette({}, false, undefined)).rejects.toThrow('PALETTE COLOR without its lookup tables');
});

test('a descriptor of 0 entries means 65,536, and a first input written unsigned may be negative', async () => {
  const item: DataSet = {
    '00283002': { vr: 'US', Value: [0, 65_534, 16] },
    '00283006': { vr: 'US', Value: Array.from({ length: 65_536 }, (_, i) => i) },
  };
  const table = await readTable(item, '00283002', '00283006', true, undefined);
  expect(table).toMatchObject({ first: -2, bits: 16 });
  expect(table && [-99, -2, 0, 99_999].map((value) => lookUp(table, value))).toEqual([0, 0, 2, 65_535]);
});

describe('segments', () => {
  const described = { entries: 8, first: 0, bits: 16 };

  it('discrete ones are copied, linear ones run to their end', () => {
    expect([...expandSegments(Uint16Array.of(0, 2, 10, 20, 1, 4, 60), described)]).toEqual([10, 20, 30, 40, 50, 60, 0, 0]);
  });

  it('indirect ones repeat earlier ones', () => {
    const words = Uint16Array.of(0, 1, 10, 1, 2, 30, 2, 2, 0, 0);
    expect([...expandSegments(words, described)]).toEqual([10, 20, 30, 10, 20, 30, 0, 0]);
  });

  it('of bytes hold their offset in four bytes', () => {
    const bytes = Uint8Array.of(0, 1, 10, 1, 2, 30, 2, 2, 0, 0, 0, 0);
    expect([...expandSegments(bytes, { ...described, bits: 8 })]).toEqual([10, 20, 30, 10, 20, 30, 0, 0]);
  });

  it('that refer to themselves, or have no meaning, end in an error', () => {
    expect(() => expandSegments(Uint16Array.of(2, 1, 0, 0), described)).toThrow('segment type 2');
    expect(() => expandSegments(Uint16Array.of(9, 1, 0), described)).toThrow('segment type 9');
  });
});
