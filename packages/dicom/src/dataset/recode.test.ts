import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute, DataSet } from './model.ts';
import { readDataSet } from './read.ts';
import { type RecodeOptions, recodeDataSet } from './recode.ts';
import { writeDataSet } from './write.ts';

const EXPLICIT = { explicitVr: true, littleEndian: true };
const IMPLICIT = { explicitVr: false, littleEndian: true };
const NATIVE = { explicitVr: true, encapsulated: false };

const joined = (bytes: Uint8Array, options: RecodeOptions) => new Uint8Array(Buffer.concat(recodeDataSet(bytes, options)));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

const dataSet: DataSet = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080018': { vr: 'UI', Value: ['1.2.3'] },
  '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.4'] } }, {}] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
  '00280100': { vr: 'US', Value: [16] },
  '00280103': { vr: 'US', Value: [1] },
  '00280106': { vr: 'SS', Value: [-5] },
  '00281201': { vr: 'OW', InlineBinary: 'AQIDBA==' },
};

describe('a data set in another transfer syntax', () => {
  it('says the same in implicit as in explicit VR, and comes back to the same bytes', () => {
    const explicit = writeDataSet(dataSet, { explicitVr: true });
    const implicit = joined(explicit, { from: EXPLICIT, to: { explicitVr: false, encapsulated: false } });
    expect(implicit).toEqual(writeDataSet(dataSet, { explicitVr: false }));
    expect(readDataSet(implicit, { transferSyntax: IMPLICIT }).dataSet).toEqual(dataSet);
    expect(joined(implicit, { from: IMPLICIT, to: NATIVE })).toEqual(explicit);
  });

  it('keeps the bytes of values that a reader would write otherwise', () => {
    // DS with zeros at its end, text in a broken character set, padding in front.
    const explicit = Buffer.from('\x10\x00\x10\x00PN\x04\x00\xff\xfe^ \x18\x00\x50\x00DS\x06\x001.500 ', 'latin1');
    const implicit = joined(explicit, { from: EXPLICIT, to: { explicitVr: false, encapsulated: false } });
    expect(text(implicit)).toBe('\x10\x00\x10\x00\x04\x00\x00\x00\xff\xfe^ \x18\x00\x50\x00\x06\x00\x00\x001.500 ');
    expect(joined(implicit, { from: IMPLICIT, to: NATIVE })).toEqual(new Uint8Array(explicit));
  });

  it('turns the words of big endian, also inside sequences, and leaves text alone', () => {
    const big = Buffer.from(
      '\x00\x08\x11\x40SQ\x00\x00\x00\x00\x00\x14\xff\xfe\xe0\x00\x00\x00\x00\x0c\x00\x28\x00\x09AT\x00\x04\x00\x18\x10\x63' +
        '\x00\x10\x00\x20LO\x00\x02AB\x00\x28\x00\x10US\x00\x02\x01\x02\x00\x72\x00\x74FD\x00\x08\x3f\xf8\x00\x00\x00\x00\x00\x00',
      'latin1',
    );
    const from = { explicitVr: true, littleEndian: false };
    const little = joined(big, { from, to: NATIVE });
    expect(readDataSet(little, { transferSyntax: EXPLICIT }).dataSet).toEqual(readDataSet(big, { transferSyntax: from }).dataSet);
    expect(readDataSet(little, { transferSyntax: EXPLICIT }).dataSet).toMatchObject({
      '00081140': { Value: [{ '00280009': { Value: ['00181063'] } }] },
      '00280010': { Value: [0x102] },
      '00720074': { Value: [1.5] },
    });
  });

  it('replaces, adds and leaves out, in order', () => {
    const explicit = writeDataSet(dataSet, { explicitVr: true });
    const replace: DataSet = { '00280004': { vr: 'CS', Value: ['RGB'] }, '00280100': { vr: 'US', Value: [8] } };
    const changed = joined(explicit, { from: EXPLICIT, to: NATIVE, replace, omit: new Set(['00281201']) });
    const { '00281201': _, ...rest } = { ...dataSet, ...replace };
    expect(changed).toEqual(writeDataSet(rest, { explicitVr: true }));
  });

  it('drops group lengths and an icon in fragments that may not be there, and keeps the icon where it may', () => {
    const icon =
      '\x88\x00\x00\x02SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff' +
      '\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0\x02\x00\x00\x00\xff\xd8\xfe\xff\xdd\xe0\x00\x00\x00\x00' +
      '\xfe\xff\x0d\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00';
    const bytes = Buffer.from(`\x88\x00\x00\x00UL\x04\x00\x62\x00\x00\x00${icon}`, 'latin1');
    expect(joined(bytes, { from: EXPLICIT, to: NATIVE })).toHaveLength(0);
    const kept = joined(bytes, { from: EXPLICIT, to: { explicitVr: true, encapsulated: true } });
    const read = readDataSet(kept, { transferSyntax: EXPLICIT }).dataSet;
    expect(read).toEqual({ '00880200': readDataSet(bytes, { transferSyntax: EXPLICIT }).dataSet['00880200'] });
  });

  it('stops before Pixel Data', () => {
    const explicit = writeDataSet({ ...dataSet, '7FE00010': { vr: 'OW', InlineBinary: 'AQI=' } }, { explicitVr: true });
    expect(joined(explicit, { from: EXPLICIT, to: NATIVE })).toEqual(writeDataSet(dataSet, { explicitVr: true }));
  });

  it('reads as before, whatever was in it', () => {
    const values = fc.record({
      '00080060': fc.constant<Attribute>({ vr: 'CS', Value: ['CT'] }),
      '00200013': fc.integer({ min: 0, max: 99_999 }).map((value): Attribute => ({ vr: 'IS', Value: [value] })),
      '00200032': fc
        .array(fc.integer({ min: -9999, max: 9999 }), { minLength: 1, maxLength: 6 })
        .map((Value): Attribute => ({ vr: 'DS', Value })),
      '00280106': fc.integer({ min: -32_768, max: 32_767 }).map((value): Attribute => ({ vr: 'SS', Value: [value] })),
      '00280103': fc.constant<Attribute>({ vr: 'US', Value: [1] }),
    });
    const nested: fc.Arbitrary<DataSet> = fc.letrec<{ set: DataSet }>((tie) => ({
      set: fc
        .tuple(values, fc.option(fc.array(tie('set'), { minLength: 1, maxLength: 2 }), { nil: undefined, depthSize: 'small' }))
        .map(([plain, Value]): DataSet => (Value === undefined ? plain : { ...plain, '00081140': { vr: 'SQ', Value } })),
    })).set;
    fc.assert(
      fc.property(nested, fc.boolean(), (given, explicitVr) => {
        const from = explicitVr ? EXPLICIT : IMPLICIT;
        const recoded = joined(writeDataSet(given, { explicitVr }), {
          from,
          to: { explicitVr: !explicitVr, encapsulated: false },
        });
        expect(readDataSet(recoded, { transferSyntax: explicitVr ? IMPLICIT : EXPLICIT }).dataSet).toEqual(
          readDataSet(writeDataSet(given, { explicitVr: true }), { transferSyntax: EXPLICIT }).dataSet,
        );
      }),
    );
  });
});
