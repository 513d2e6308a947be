import { TAG } from '@filmless/dicom';
import { expect, test } from 'vitest';
import { slice } from '../imaging/model/fixture.ts';
import { paletteOf } from '../imaging/model/palette.ts';
import { withTables } from './tables.ts';

test('tables kept outside the header are fetched into it', async () => {
  const header = {
    ...slice({
      [TAG.RedPaletteColorLookupTableDescriptor]: [2, 0, 8],
      [TAG.GreenPaletteColorLookupTableDescriptor]: [2, 0, 8],
      [TAG.BluePaletteColorLookupTableDescriptor]: [2, 0, 8],
    }),
    [TAG.RedPaletteColorLookupTableData]: { vr: 'OW', BulkDataURI: 'bulkdata/r' } as const,
    [TAG.GreenPaletteColorLookupTableData]: { vr: 'OW', BulkDataURI: 'bulkdata/g' } as const,
    [TAG.BluePaletteColorLookupTableData]: { vr: 'OW', BulkDataURI: 'bulkdata/b' } as const,
  };
  const whole = await withTables(header, async (uri) => Uint8Array.of(uri.charCodeAt(9), 255));
  expect(paletteOf(whole)).toEqual({
    first: 0,
    red: Uint8Array.of(114, 255),
    green: Uint8Array.of(103, 255),
    blue: Uint8Array.of(98, 255),
  });
});

test('so are those inside a sequence', async () => {
  const item = {
    [TAG.LUTDescriptor]: { vr: 'US', Value: [2, 0, 16] },
    [TAG.LUTData]: { vr: 'OW', BulkDataURI: 'bulkdata/x' },
  } as const;
  const header = { ...slice(), [TAG.VOILUTSequence]: { vr: 'SQ', Value: [item] } as const };
  const whole = await withTables(header, async () => Uint8Array.of(1, 0, 2, 0));
  expect(whole[TAG.VOILUTSequence]?.Value?.[0]).toMatchObject({ [TAG.LUTData]: { InlineBinary: 'AQACAA==' } });
});

test('nothing is fetched for a header that is whole', async () => {
  const header = slice();
  expect(await withTables(header, () => Promise.reject(new Error('not asked for')))).toBe(header);
});
