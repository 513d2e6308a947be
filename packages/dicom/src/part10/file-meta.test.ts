import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DicomError } from '../errors.ts';
import { type FileMeta, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './file-meta.ts';
import { fileMetaLength, readFileMeta } from './read-file-meta.ts';
import { writeFileMeta } from './write-file-meta.ts';

const EXPLICIT_LE = '1.2.840.10008.1.2.1';
const meta: FileMeta = {
  mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.7',
  mediaStorageSopInstanceUid: '1.2.3',
  transferSyntaxUid: EXPLICIT_LE,
};

const bytesOf = (...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : [...part])));

const explicitLe = (group: number, element: number, vr: string, value: string): Uint8Array =>
  bytesOf([group & 255, group >> 8, element & 255, element >> 8], vr, [value.length & 255, value.length >> 8], value);

const PREAMBLE = bytesOf(new Uint8Array(128), 'DICM');
const CHARSET_LE = explicitLe(0x0008, 0x0005, 'CS', 'ISO_IR 100');
const CHARSET_BE = bytesOf([0, 8, 0, 5], 'CS', [0, 10], 'ISO_IR 100');
const CHARSET_IMPLICIT = bytesOf([8, 0, 5, 0, 10, 0, 0, 0], 'ISO_IR 100');
const SYNTAX = explicitLe(0x0002, 0x0010, 'UI', `${EXPLICIT_LE}\0`);

describe('file meta information', () => {
  it('names this product when nobody else is named', () => {
    const read = readFileMeta(writeFileMeta(meta));
    expect(read.meta).toEqual({
      ...meta,
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersionName: IMPLEMENTATION_VERSION_NAME,
    });
    expect(read.warnings).toEqual([]);
  });

  it('is given back as written, and the data set begins right behind it', () => {
    const uid = fc.stringMatching(/^[0-9.]{1,64}$/);
    const word = fc.stringMatching(/^[A-Z0-9_]([A-Z0-9_ ]{0,14}[A-Z0-9_])?$/);
    const anyMeta = fc.record(
      {
        mediaStorageSopClassUid: uid,
        mediaStorageSopInstanceUid: uid,
        transferSyntaxUid: uid,
        implementationClassUid: uid,
        implementationVersionName: word,
        sourceAeTitle: word,
        sendingAeTitle: word,
        receivingAeTitle: word,
      },
      {
        requiredKeys: [
          'mediaStorageSopClassUid',
          'mediaStorageSopInstanceUid',
          'transferSyntaxUid',
          'implementationClassUid',
          'implementationVersionName',
        ],
      },
    );
    fc.assert(
      fc.property(anyMeta, (written) => {
        const bytes = writeFileMeta(written);
        const read = readFileMeta(bytesOf(bytes, CHARSET_LE));
        expect(read).toEqual({ meta: written, dataSetOffset: bytes.length, warnings: [] });
      }),
    );
  });

  it.each([
    ['an empty UID', { ...meta, transferSyntaxUid: '' }],
    ['a long UID', { ...meta, mediaStorageSopInstanceUid: '1'.repeat(65) }],
    ['an AE title with a backslash', { ...meta, sourceAeTitle: 'A\\B' }],
    ['an AE title beyond ASCII', { ...meta, sourceAeTitle: 'SỐ1' }],
    ['a long version name', { ...meta, implementationVersionName: 'X'.repeat(17) }],
  ])('is not written with %s', (_, wrong) => {
    expect(() => writeFileMeta(wrong)).toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });

  it.each([
    ['without a group length', bytesOf(PREAMBLE, SYNTAX, CHARSET_LE), EXPLICIT_LE, 132 + SYNTAX.length],
    ['without a preamble', bytesOf(SYNTAX, CHARSET_LE), EXPLICIT_LE, SYNTAX.length],
    ['with its prefix at the very start', bytesOf('DICM', SYNTAX, CHARSET_LE), EXPLICIT_LE, 4 + SYNTAX.length],
    [
      'in implicit VR',
      bytesOf(PREAMBLE, [2, 0, 16, 0, 17, 0, 0, 0], '1.2.840.10008.1.2', CHARSET_IMPLICIT),
      '1.2.840.10008.1.2',
      157,
    ],
    [
      'with a wrong group length',
      bytesOf(PREAMBLE, [2, 0, 0, 0], 'UL', [4, 0, 9, 9, 0, 0], SYNTAX, CHARSET_LE),
      EXPLICIT_LE,
      144 + SYNTAX.length,
    ],
  ])('is read %s', (_, bytes, transferSyntaxUid, dataSetOffset) => {
    expect(readFileMeta(bytes)).toMatchObject({ meta: { transferSyntaxUid }, dataSetOffset });
  });

  it.each([
    ['little endian', CHARSET_LE, EXPLICIT_LE],
    ['big endian', CHARSET_BE, '1.2.840.10008.1.2.2'],
    ['implicit VR', CHARSET_IMPLICIT, '1.2.840.10008.1.2'],
  ])('is done without where the data set is plainly %s', (_, dataSet, transferSyntaxUid) => {
    expect(readFileMeta(dataSet)).toMatchObject({ meta: { transferSyntaxUid }, dataSetOffset: 0 });
    expect(readFileMeta(bytesOf(PREAMBLE, dataSet))).toMatchObject({ meta: { transferSyntaxUid }, dataSetOffset: 132 });
    const noSyntax = bytesOf(PREAMBLE, explicitLe(0x0002, 0x0002, 'UI', '1.2.'), dataSet);
    expect(readFileMeta(noSyntax)).toMatchObject({
      meta: { mediaStorageSopClassUid: '1.2.', transferSyntaxUid },
      dataSetOffset: 144,
    });
  });

  it('is not found in DICM as data of a file without preamble', () => {
    const description = explicitLe(0x0008, 0x1030, 'LO', `${'x'.repeat(128 - CHARSET_LE.length - 8)}DICMA1`);
    const bytes = bytesOf(CHARSET_LE, description);
    expect(String.fromCharCode(...bytes.subarray(128, 132))).toBe('DICM');
    expect(readFileMeta(bytes).dataSetOffset).toBe(0);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['zeros', new Uint8Array(1000)],
    ['a preamble alone', PREAMBLE],
    ['JPEG', [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46]],
    ['PNG', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]],
    ['ZIP', bytesOf('PK', [3, 4, 20, 0, 0, 0])],
    ['PDF', bytesOf('%PDF-1.7\n')],
    ['text', bytesOf('Patient: CT, US and MR of yesterday')],
    ['JSON', bytesOf('[{"00080005":{"vr":"CS"}}]')],
  ])('and data set are both missing in %s', (_, bytes) => {
    expect(() => readFileMeta(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'not-dicom' }));
  });

  it('that is cut off is told from one that is wrong', () => {
    const whole = writeFileMeta(meta);
    for (const end of [whole.length - 1, whole.length - 15, 145]) {
      expect(() => readFileMeta(whole.subarray(0, end))).toThrow(expect.objectContaining({ code: 'truncated' }));
    }
    const endless = bytesOf(PREAMBLE, [2, 0, 2, 1], 'OB', [0, 0, 255, 255, 255, 255], new Uint8Array(100));
    expect(() => readFileMeta(endless)).toThrow(expect.objectContaining({ code: 'invalid-meta' }));
    const unknown = bytesOf(PREAMBLE, explicitLe(0x0002, 0x0002, 'UI', '1.2.'), 'neither of the encodings');
    expect(() => readFileMeta(unknown)).toThrow(expect.objectContaining({ code: 'invalid-meta' }));
  });

  it('has the length that its beginning shows, whatever comes after; where that is not certain none is told', () => {
    const whole = bytesOf(writeFileMeta(meta), CHARSET_LE);
    const length = writeFileMeta(meta).byteLength;
    for (let cut = 0; cut <= whole.byteLength; cut += 1) {
      expect(fileMetaLength(whole.subarray(0, cut)), `of ${cut} bytes`).toBe(cut < length + 12 ? undefined : length);
    }
    expect(fileMetaLength(bytesOf(SYNTAX, CHARSET_LE))).toBeUndefined();
    expect(fileMetaLength(bytesOf(PREAMBLE, explicitLe(0x0002, 0x0003, 'UI', '1.2.3\0'), CHARSET_LE))).toBeUndefined();
    const changed = fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(changed, { maxLength: 6 }), fc.nat(whole.byteLength), fc.uint8Array(), (changes, cut, more) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) {
          bytes[at] = value;
        }
        const beginning = bytes.subarray(0, cut);
        const told = fileMetaLength(beginning);
        if (told !== undefined) {
          expect(readFileMeta(bytesOf(beginning, more)).dataSetOffset).toBe(told);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('read from hostile bytes fails only with a typed error', () => {
    const hostile = fc
      .tuple(fc.boolean(), fc.uint8Array({ maxLength: 400 }))
      .map(([prefix, bytes]) => (prefix ? bytesOf(PREAMBLE, [2, 0], bytes) : bytes));
    fc.assert(
      fc.property(hostile, (bytes) => {
        try {
          const { dataSetOffset } = readFileMeta(bytes);
          expect(dataSetOffset).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
