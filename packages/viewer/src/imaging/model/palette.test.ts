import { type DataSet, TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { dataSet } from './fixture.ts';
import { lookUp, lookupTables } from './lookup-table.ts';
import { paletteOf } from './palette.ts';

const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));
const bytes = (...values: number[]) => ({ vr: 'OW', InlineBinary: base64(...values) }) as const;

function palette(descriptor: readonly number[], ...data: number[]): DataSet {
  return {
    ...dataSet({
      [TAG.RedPaletteColorLookupTableDescriptor]: descriptor,
      [TAG.GreenPaletteColorLookupTableDescriptor]: descriptor,
      [TAG.BluePaletteColorLookupTableDescriptor]: descriptor,
    }),
    [TAG.RedPaletteColorLookupTableData]: bytes(...data),
    [TAG.GreenPaletteColorLookupTableData]: bytes(...data),
    [TAG.BluePaletteColorLookupTableData]: bytes(...data),
  };
}

describe('a palette', () => {
  test('of 16 bits is brought to 8', () => {
    expect(paletteOf(palette([2, 0, 16], 0x34, 0x12, 0xff, 0xff))?.red).toEqual(Uint8Array.of(0x12, 0xff));
  });

  test('that says 16 bits and holds 8 keeps them', () => {
    expect(paletteOf(palette([2, 0, 16], 0x34, 0, 0xff, 0))?.red).toEqual(Uint8Array.of(0x34, 0xff));
  });

  test('of 16 bits stays dark in a channel that has no more than the lowest 8 of them', () => {
    const dark = { ...palette([2, 0, 16], 0x34, 0x12, 0xff, 0xff), [TAG.BluePaletteColorLookupTableData]: bytes(0, 0, 200, 0) };
    expect(paletteOf(dark)).toMatchObject({ red: Uint8Array.of(0x12, 0xff), blue: Uint8Array.of(0, 0) });
  });

  test('of 8 bits may be packed, or padded to words', () => {
    expect(paletteOf(palette([4, 0, 8], 1, 2, 3, 4))?.green).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(paletteOf(palette([2, 0, 8], 1, 0, 3, 0))?.green).toEqual(Uint8Array.of(1, 3));
  });

  test('may begin at a negative value written as unsigned', () => {
    expect(paletteOf(palette([1, 0xffff, 16], 0, 0))?.first).toBe(-1);
  });

  test('in segments is unfolded: discrete, linear, and a repetition', () => {
    const whole = palette([8, 0, 16]);
    const segments = bytes(0, 0, 2, 0, 0, 10, 0, 20, 1, 0, 2, 0, 0, 40, 2, 0, 1, 0, 0, 0, 0, 0);
    const { [TAG.RedPaletteColorLookupTableData]: _, ...rest } = whole;
    const found = paletteOf({
      ...rest,
      [TAG.SegmentedRedPaletteColorLookupTableData]: segments,
      [TAG.SegmentedGreenPaletteColorLookupTableData]: segments,
      [TAG.SegmentedBluePaletteColorLookupTableData]: segments,
    });
    expect([...(found?.red.slice(0, 6) ?? [])]).toEqual([10, 20, 30, 40, 10, 20]);
  });

  test('without one of its channels is none', () => {
    const { [TAG.BluePaletteColorLookupTableDescriptor]: _, ...rest } = palette([1, 0, 16], 0, 0);
    expect(paletteOf(rest)).toBeUndefined();
  });
});

describe('a lookup table', () => {
  test('maps values beyond its ends to the first and last entry', () => {
    const [table] = lookupTables(
      dataSet({ [TAG.VOILUTSequence]: dataSet({ [TAG.LUTDescriptor]: [3, 10, 8], [TAG.LUTData]: [1, 2, 3] }) }),
      TAG.VOILUTSequence,
      false,
    );
    expect([0, 10, 11, 12, 99].map((value) => (table === undefined ? -1 : lookUp(table, value)))).toEqual([1, 1, 2, 3, 3]);
  });

  test.each([
    ['packed', bytes(1, 2, 3, 4)],
    ['in words', bytes(1, 0, 2, 0, 3, 0, 4, 0)],
  ])('of 8 bits is read %s', (_, data) => {
    const item = { ...dataSet({ [TAG.LUTDescriptor]: [4, 0, 8] }), [TAG.LUTData]: data };
    const [table] = lookupTables(dataSet({ [TAG.VOILUTSequence]: item }), TAG.VOILUTSequence, false);
    expect([...Array.from(table?.values ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test('without data is left out', () => {
    expect(
      lookupTables(dataSet({ [TAG.VOILUTSequence]: dataSet({ [TAG.LUTDescriptor]: [3, 10, 8] }) }), TAG.VOILUTSequence, false),
    ).toEqual([]);
  });
});
