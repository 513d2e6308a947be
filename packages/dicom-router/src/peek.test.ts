import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import {
  type DataSet,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  writeDataSet,
} from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peek } from './peek.ts';

const dataSet: DataSet = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
  '00080018': { vr: 'UI', Value: ['1.2.345'] },
  '00080020': { vr: 'DA', Value: ['20260301'] },
  '00080060': { vr: 'CS', Value: ['CT'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
};
const facts = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.345', modality: 'CT' };

describe('peeking at a data set', () => {
  it.each([
    ['explicit', EXPLICIT_VR_LITTLE_ENDIAN, true],
    ['implicit', IMPLICIT_VR_LITTLE_ENDIAN, false],
  ])('finds its UIDs and modality in %s syntaxes', (_, syntax, explicitVr) => {
    expect(peek(writeDataSet(dataSet, { explicitVr }), syntax)).toEqual(facts);
  });

  it('finds them in big endian', () => {
    const bytes = Buffer.concat([
      Buffer.from('00080016', 'hex'),
      Buffer.from('UI\0\x041.2\0', 'latin1'),
      Buffer.from('00080018', 'hex'),
      Buffer.from('UI\0\x041.3\0', 'latin1'),
      Buffer.from('00080060', 'hex'),
      Buffer.from('CS\0\x02MR', 'latin1'),
      Buffer.from('00100020', 'hex'),
      Buffer.from('LO\0\x04W001', 'latin1'),
    ]);
    expect(peek(bytes, '1.2.840.10008.1.2.2')).toEqual({ sopClassUid: '1.2', sopInstanceUid: '1.3', modality: 'MR' });
  });

  it('finds them in the beginning of a deflated data set', () => {
    const more: DataSet = { ...dataSet, '7FE00010': { vr: 'OB', InlineBinary: randomBytes(30_000).toString('base64') } };
    const deflated = deflateRawSync(writeDataSet(more, { explicitVr: true }));
    expect(peek(deflated.subarray(0, 16_384), DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)).toEqual(facts);
  });

  it('does not blow up what is deflated beyond measure', () => {
    const bomb = deflateRawSync(Buffer.concat([writeDataSet(dataSet, { explicitVr: true }), Buffer.alloc(10_000_000)]));
    expect(peek(bomb.subarray(0, 16_384), DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)).toBeUndefined();
  });

  it('knows that an object has no modality once it is past it', () => {
    const { '00080060': _, ...without } = dataSet;
    expect(peek(writeDataSet(without, { explicitVr: true }), EXPLICIT_VR_LITTLE_ENDIAN)).toEqual({
      ...facts,
      modality: undefined,
    });
  });

  it.each<[string, DataSet | undefined, string]>([
    ['says it is deflated and is not', dataSet, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN],
    ['is in a syntax nobody knows', dataSet, '1.2.3'],
    ['has no SOP Class UID', { '00080018': { vr: 'UI', Value: ['1.2'] } }, EXPLICIT_VR_LITTLE_ENDIAN],
    ['is empty', undefined, EXPLICIT_VR_LITTLE_ENDIAN],
  ])('leaves to inspection what %s', (_, set, syntax) => {
    const bytes = set === undefined ? new Uint8Array(0) : writeDataSet(set, { explicitVr: true });
    expect(peek(bytes, syntax)).toBeUndefined();
  });

  it('takes any bytes without a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, explicit) => {
        peek(bytes, explicit ? EXPLICIT_VR_LITTLE_ENDIAN : IMPLICIT_VR_LITTLE_ENDIAN);
      }),
      { numRuns: 1000 },
    );
  });
});
