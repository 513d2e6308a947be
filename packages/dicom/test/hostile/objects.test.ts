import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binary,
  bytesSource,
  DicomError,
  frameRanges,
  inspectObject,
  parseDicomJson,
  readDataSet,
  readFileMeta,
  readObject,
  stringifyDicomJson,
  transferSyntax,
  withBulkDataBase,
  writeDataSet,
  writeFileMeta,
} from '../../src/index.ts';
import { runs } from './runs.ts';

const FIXTURES = new URL('../../../../fixtures/files/', import.meta.url);
const FILES = [
  'codec/mr_small/MR_small_implicit.dcm',
  'codec/mr_small/MR_small_bigendian.dcm',
  'codec/jpeg2000/JPEG2000.dcm',
  'codec/rle/SC_rgb_rle_2frame.dcm',
  'codec/native/image_dfl.dcm',
  'codec/native/liver_expb_1frame.dcm',
  'charset/chrJapMulti.dcm',
  'charset/chrSQEncoding.dcm',
  'objects/sr/test-SR.dcm',
  'objects/rt/rtplan.dcm',
  'broken/nested_priv_SQ.dcm',
  'broken/UN_sequence.dcm',
].map((name) => new Uint8Array(readFileSync(new URL(name, FIXTURES))));

const change = fc.record({ at: fc.nat(), to: fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff, 0xfe, 0x7f, 0x80)) });
/** A real file, changed near its beginning most often, and cut off at times. */
const mutant = fc
  .tuple(
    fc.constantFrom(...FILES),
    fc.array(change, { minLength: 1, maxLength: 8 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.boolean(),
  )
  .map(([file, changes, share, cut]) => {
    const bytes = file.slice(0, cut ? Math.floor(file.byteLength * share) : file.byteLength);
    for (const { at, to } of changes) {
      bytes[at % Math.max(1, at % 3 === 0 ? bytes.byteLength : Math.min(bytes.byteLength, 1500))] = to;
    }
    return bytes;
  });

async function ownErrorsOnly(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    expect(error).toBeInstanceOf(DicomError);
  }
}

describe('an object that was changed', () => {
  it('is read whole, with frames that lie within it, or is refused', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(mutant, async (bytes) => {
        await ownErrorsOnly(async () => {
          const { frames, inflated, bulk } = await readObject(bytesSource(bytes));
          const size = inflated?.bytes.byteLength ?? bytes.byteLength;
          for (const { offset, length } of bulk) {
            expect(offset + length).toBeLessThanOrEqual(size);
          }
          for (const index of [0, frames.count - 1]) {
            const { ranges } = frames.count > 0 ? frameRanges(frames, index) : { ranges: [] };
            for (const { offset, length } of ranges) {
              expect(offset >= 0 && length >= 0 && offset + length <= size, `frame ${index} of ${frames.count}`).toBe(true);
            }
          }
        });
      }),
      runs(1500),
    );
  });

  it('that is kept has a header that DICOM JSON and a data set can hold', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(mutant, async (bytes) => {
        await ownErrorsOnly(async () => {
          const { header } = await inspectObject(bytesSource(bytes));
          const based = withBulkDataBase(header, 'http://127.0.0.1/x');
          expect(parseDicomJson(JSON.parse(stringifyDicomJson(based)))).toBeTypeOf('object');
          const { dataSet } = readDataSet(writeDataSet(header, { explicitVr: true }), { transferSyntax: EXPLICIT });
          expect(Object.keys(dataSet).length).toBeGreaterThan(0);
        });
      }),
      runs(800),
    );
  });

  it('has file meta information that can be read, or none', () => {
    fc.assert(
      fc.property(mutant, (bytes) => {
        try {
          expect(readFileMeta(bytes).dataSetOffset).toBeLessThanOrEqual(bytes.byteLength);
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
        }
      }),
      runs(2000),
    );
  });
});

const EXPLICIT = transferSyntax('1.2.840.10008.1.2.1');

describe('a deflated data set', () => {
  const meta = writeFileMeta({
    mediaStorageSopClassUid: '1.2.3',
    mediaStorageSopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1.99',
  });

  it('is read as what was deflated, whatever stands behind it, or is refused', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'abcé'), maxLength: 200 }).map((value) => value.trim());
    await fc.assert(
      fc.asyncProperty(text, fc.uint8Array({ maxLength: 9 }), async (comment, behind) => {
        const given = {
          '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
          '00104000': { vr: 'LT', Value: [`x${comment}`] },
        } as const;
        const deflated = deflateRawSync(writeDataSet(given, { explicitVr: true }));
        const whole = await readObject(bytesSource(new Uint8Array(Buffer.concat([meta, deflated]))));
        expect(whole.header).toEqual(given);
        await ownErrorsOnly(async () => {
          await readObject(bytesSource(new Uint8Array(Buffer.concat([meta, deflated, behind]))));
        });
      }),
      runs(200),
    );
  });
});

const KEYS = ['00100010', '00081140', '7FE00010', '0020000d', '54000100', '__proto__', 'x'];

/** Something like a data set in the DICOM JSON model, `depth` sequences deep. */
function anyDataSet(depth: number): fc.Arbitrary<unknown> {
  const value = fc.oneof(
    fc.constantFrom('a', 'A^B=C', 1, 1e300, null, '', '00100010'),
    fc.jsonValue({ maxDepth: 2 }),
    ...(depth > 0 ? [anyDataSet(depth - 1)] : []),
  );
  const values = fc.array(value, { maxLength: 3 });
  const attribute = fc.oneof(
    fc.record({ vr: fc.constantFrom('PN', 'SQ', 'US', 'LO', 'OB', 'DS', 'AT', 'UV', 'XX'), Value: values }),
    fc.record({ vr: fc.constantFrom('OB', 'OW', 'UN', 'SQ'), InlineBinary: fc.oneof(fc.string(), fc.base64String()) }),
    fc.record({ vr: fc.constantFrom('OB', 'PN'), BulkDataURI: fc.oneof(fc.webUrl(), fc.jsonValue()) }),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const keys = fc.constantFrom(...KEYS.slice(0, depth % 2 === 0 ? 5 : KEYS.length));
  return fc.dictionary(keys, attribute, { maxKeys: 4, noNullPrototype: true });
}

describe('any JSON', () => {
  it('is a data set in the DICOM JSON model that stays the same when it is written, or is refused', () => {
    fc.assert(
      fc.property(fc.oneof(anyDataSet(3), fc.jsonValue()), (given) => {
        try {
          const dataSet = parseDicomJson(given);
          expect(parseDicomJson(JSON.parse(stringifyDicomJson(dataSet)))).toEqual(dataSet);
          for (const tag of Object.keys(dataSet)) {
            binary(dataSet, tag);
          }
          writeDataSet(dataSet, { explicitVr: true });
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
        }
      }),
      runs(2000),
    );
  });

  it('nested without end is refused', () => {
    let nested: unknown = {};
    for (let depth = 0; depth < 10_000; depth += 1) {
      nested = { '00081140': { vr: 'SQ', Value: [nested] } };
    }
    expect(() => parseDicomJson(nested)).toThrow(DicomError);
  });
});
