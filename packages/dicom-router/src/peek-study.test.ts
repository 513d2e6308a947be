import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, writeDataSet } from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peekStudy } from './peek-study.ts';

const OTHER: DataSet = { '0020000D': { vr: 'UI', Value: ['1.2.999'] } };
const dataSet: DataSet = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080018': { vr: 'UI', Value: ['1.2.345'] },
  // Names another study first, deep down.
  '00081200': { vr: 'SQ', Value: [OTHER, { '00081199': { vr: 'SQ', Value: [OTHER] } }] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
  '0020000D': { vr: 'UI', Value: ['1.2.3'] },
  '0020000E': { vr: 'UI', Value: ['1.2.3.1'] },
};

describe('the study of an instance that is not kept', () => {
  it.each([
    ['explicit', EXPLICIT_VR_LITTLE_ENDIAN, true],
    ['implicit', IMPLICIT_VR_LITTLE_ENDIAN, false],
  ])('is seen behind sequences in %s syntaxes', (_, syntax, explicitVr) => {
    expect(peekStudy(writeDataSet(dataSet, { explicitVr }), syntax)).toBe('1.2.3');
  });

  it('is seen behind a sequence whose length is not given', () => {
    const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
    const nested = hex('20000d00 55490600 312e392e3939');
    const bytes = Buffer.concat([
      hex('08001011 53510000 ffffffff'),
      hex('feff00e0 ffffffff'),
      nested,
      hex('feff0de0 00000000 feffdde0 00000000'),
      hex('20000d00 55490600 312e322e3300'),
      hex('20000e00 55490400 312e3200'),
    ]);
    expect(peekStudy(bytes, EXPLICIT_VR_LITTLE_ENDIAN)).toBe('1.2.3');
  });

  it('is not seen where the bytes end before it, or are anything else', () => {
    const whole = writeDataSet(dataSet, { explicitVr: true });
    expect(peekStudy(whole.subarray(0, 60), EXPLICIT_VR_LITTLE_ENDIAN)).toBeUndefined();
    expect(peekStudy(new Uint8Array(), EXPLICIT_VR_LITTLE_ENDIAN)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN),
        (bytes, syntax) => {
          expect(peekStudy(bytes, syntax) ?? '').toMatch(/^[0-9.]*$/);
        },
      ),
    );
  });
});
