import { describe, expect, it } from 'vitest';
import type { DataSet } from '../dataset/model.ts';
import { writeDataSet } from '../dataset/write.ts';
import { frameRanges } from '../frames/frame-ranges.ts';
import { DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '../transfer-syntax.ts';
import { type ByteSource, bytesSource } from './byte-source.ts';
import { inspectObject } from './inspect.ts';
import { DEFAULT_OBJECT_LIMITS, readObject } from './read-object.ts';
import { writeFileMeta } from './write-file-meta.ts';

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const SC = '1.2.840.10008.5.1.4.1.1.7';

const identity: DataSet = {
  '00080016': { vr: 'UI', Value: [SC] },
  '00080018': { vr: 'UI', Value: ['1.2.3.4'] },
  '0020000D': { vr: 'UI', Value: ['1.2.3'] },
  '0020000E': { vr: 'UI', Value: ['1.2.3.1'] },
};
const image: DataSet = {
  ...identity,
  '00280002': { vr: 'US', Value: [1] },
  '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
  '00280008': { vr: 'IS', Value: [2] },
  '00280010': { vr: 'US', Value: [2] },
  '00280011': { vr: 'US', Value: [3] },
  '00280100': { vr: 'US', Value: [8] },
};
const base64 = (bytes: readonly number[] | Uint8Array): string => Buffer.from(bytes).toString('base64');
const PIXELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const withPixels = (vr: 'OB' | 'OW' = 'OW'): DataSet => ({ ...image, '7FE00010': { vr, InlineBinary: base64(PIXELS) } });

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function meta(transferSyntaxUid: string, sopInstance = '1.2.3.4'): Uint8Array {
  return writeFileMeta({ mediaStorageSopClassUid: SC, mediaStorageSopInstanceUid: sopInstance, transferSyntaxUid });
}

function file(dataSet: DataSet, transferSyntaxUid: string = EXPLICIT_VR_LITTLE_ENDIAN): Uint8Array {
  const explicitVr = transferSyntaxUid !== IMPLICIT_VR_LITTLE_ENDIAN;
  return concat(meta(transferSyntaxUid), writeDataSet(dataSet, { explicitVr }));
}

async function deflated(dataSet: DataSet, behind: readonly number[] = []): Promise<Uint8Array> {
  const plain = new Uint8Array(writeDataSet(dataSet, { explicitVr: true }));
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return concat(meta(DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN), bytes, Uint8Array.from(behind));
}

async function frameBytes(bytes: Uint8Array): Promise<number[][]> {
  const object = await readObject(bytesSource(bytes));
  const content = object.inflated?.bytes ?? bytes;
  return Array.from({ length: object.frames.count }, (_, index) =>
    frameRanges(object.frames, index).ranges.flatMap(({ offset, length }) => [...content.subarray(offset, offset + length)]),
  );
}

const twoFrames = [PIXELS.slice(0, 6), PIXELS.slice(6)];

describe('an object', () => {
  it('says what it is and where it belongs', async () => {
    const object = await inspectObject(bytesSource(file(withPixels())));
    expect(object).toMatchObject({
      sopClassUid: SC,
      sopInstanceUid: '1.2.3.4',
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.1',
      dataSetOffset: meta(EXPLICIT_VR_LITTLE_ENDIAN).length,
      warnings: [],
    });
    expect(object.header['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' });
    expect(Object.keys(object.header)).toEqual(Object.keys(object.header).toSorted());
  });

  it.each([EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN])(
    'in syntax %s has its frames where the table says',
    async (syntax) => {
      expect(await frameBytes(file(withPixels(), syntax))).toEqual(twoFrames);
    },
  );

  it.each([
    ['nothing', []],
    ['a padding byte', [0]],
    ['checksums', [0x4e, 0xd0, 0x58, 0x45, 0x1a, 2, 4, 0]],
    ['checksums and a padding byte', [0x4e, 0xd0, 0x58, 0x45, 0x1a, 2, 4, 0, 0]],
  ])('that is deflated is inflated, with %s behind the stream', async (_, behind) => {
    const bytes = await deflated(withPixels(), behind);
    expect(await frameBytes(bytes)).toEqual(twoFrames);
    const { inflated, header } = await inspectObject(bytesSource(bytes));
    const again = await inspectObject(bytesSource(inflated?.bytes ?? new Uint8Array()));
    expect(again).toMatchObject({
      header,
      transferSyntax: { uid: EXPLICIT_VR_LITTLE_ENDIAN },
      dataSetOffset: inflated?.dataSetOffset,
    });
  });

  it('names its long values by where they lie, also in sequences and behind its pixel data', async () => {
    const long = Array.from({ length: 2000 }, (_, i) => i % 251);
    const icon: DataSet = { '00280010': { vr: 'US', Value: [1] }, '7FE00010': { vr: 'OW', InlineBinary: base64([7, 7]) } };
    const dataSet: DataSet = {
      ...image,
      '00880200': { vr: 'SQ', Value: [icon] },
      '60003000': { vr: 'OB', InlineBinary: base64(long) },
      '7FE00010': { vr: 'OW', InlineBinary: base64(PIXELS) },
      FFFCFFFC: { vr: 'OB', InlineBinary: base64(long) },
    };
    const bytes = file(dataSet);
    const { bulk, header, frames } = await inspectObject(bytesSource(bytes));
    const values = Object.fromEntries(
      bulk.map(({ path, offset, length }) => [path, [...bytes.subarray(offset, offset + length)]]),
    );
    expect(values).toEqual({ '00880200/0/7FE00010': [7, 7], '60003000': long, '7FE00010': PIXELS, FFFCFFFC: long });
    expect(header.FFFCFFFC).toEqual({ vr: 'OB', BulkDataURI: 'bulkdata/FFFCFFFC' });
    expect(frames.count).toBe(2);
  });

  it('has frames in fragments, and its attributes behind them', async () => {
    const fragments = [
      0xfe,
      0xff,
      0,
      0xe0,
      0,
      0,
      0,
      0,
      ...[0xfe, 0xff, 0, 0xe0, 2, 0, 0, 0, 1, 2],
      ...[0xfe, 0xff, 0, 0xe0, 2, 0, 0, 0, 3, 4],
    ];
    const head = writeDataSet(image, { explicitVr: true });
    const pixels = [0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 255, 255, 255, 255, ...fragments, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];
    const behind = writeDataSet({ FFFCFFFC: { vr: 'OB', InlineBinary: base64([0, 0]) } }, { explicitVr: true });
    const bytes = concat(meta(JPEG_BASELINE), head, Uint8Array.from(pixels), behind);
    expect(await frameBytes(bytes)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const object = await inspectObject(bytesSource(bytes));
    expect(object.header.FFFCFFFC?.InlineBinary).toBe(base64([0, 0]));
    expect(object.bulk).toEqual([expect.objectContaining({ path: '7FE00010', vr: 'OB', length: fragments.length })]);
  });

  it.each([
    ['Float', '7FE00008', 'OF', 32],
    ['Double Float', '7FE00009', 'OD', 64],
  ] as const)('has frames in %s Pixel Data', async (_, tag, vr, bits) => {
    const values = Array.from({ length: (2 * 6 * bits) / 8 }, (_unused, i) => i);
    const bytes = file({ ...image, '00280100': { vr: 'US', Value: [bits] }, [tag]: { vr, InlineBinary: base64(values) } });
    expect(await frameBytes(bytes)).toEqual([values.slice(0, values.length / 2), values.slice(values.length / 2)]);
  });

  it('is read although an image announced has no pixel data', async () => {
    expect((await inspectObject(bytesSource(file(image)))).frames).toEqual({ kind: 'none', count: 0 });
    const empty = await inspectObject(bytesSource(file({ ...image, '7FE00010': { vr: 'OW' } })));
    expect(empty.frames.count).toBe(0);
    expect(empty.header['7FE00010']).toEqual({ vr: 'OW' });
    expect(empty.warnings).toEqual(['Pixel Data is empty']);
  });

  it('counts by its data set where the file meta information says otherwise', async () => {
    const bytes = concat(meta(EXPLICIT_VR_LITTLE_ENDIAN, '9.9'), writeDataSet(identity, { explicitVr: true }));
    const object = await inspectObject(bytesSource(bytes));
    expect(object.sopInstanceUid).toBe('1.2.3.4');
    expect(object.warnings).toEqual([expect.stringContaining('SOP Instance UID is 9.9')]);
  });

  it.each([
    ['00080016', 'SOP Class UID'],
    ['00080018', 'SOP Instance UID'],
    ['0020000D', 'Study Instance UID'],
    ['0020000E', 'Series Instance UID'],
  ])('without (%s) is refused by name', async (tag, name) => {
    const { [tag]: _, ...rest } = identity;
    await expect(inspectObject(bytesSource(file(rest)))).rejects.toMatchObject({
      code: 'missing-attribute',
      message: expect.stringContaining(name),
    });
    const odd = file({ ...identity, [tag]: { vr: 'UI', Value: ['../../etc'] } });
    await expect(inspectObject(bytesSource(odd))).rejects.toMatchObject({
      code: 'invalid-uid',
      message: expect.stringContaining(name),
    });
  });

  it('with attributes behind its pixel data that cannot be read keeps its images', async () => {
    const bytes = concat(file(withPixels()), new Uint8Array(Buffer.from('and then some nonsense of the network')));
    const object = await inspectObject(bytesSource(bytes));
    expect(object.frames.count).toBe(2);
    expect(object.warnings).toHaveLength(1);
  });
});

describe('an object that is broken', () => {
  const whole = file(withPixels());

  it('by being cut off is refused at whatever byte', async () => {
    const start = meta(EXPLICIT_VR_LITTLE_ENDIAN).length;
    const complete = new Set<number>();
    for (let end = start; end < whole.length; end += 1) {
      const failure: unknown = await inspectObject(bytesSource(whole.subarray(0, end))).then(
        () => complete.add(end),
        (error: unknown) => error,
      );
      // Where it ends between two attributes nothing tells that more should follow; four UIDs must be there.
      expect(
        failure === complete || ['truncated', 'missing-attribute'].includes((failure as { code: string }).code),
        `cut at ${end}`,
      ).toBe(true);
    }
    expect(complete.size).toBeLessThan(60);
    expect(complete.has(whole.length - 1)).toBe(false);
  });

  it('by an unknown transfer syntax is refused', async () => {
    await expect(inspectObject(bytesSource(file(identity, '1.2.3.4.5')))).rejects.toMatchObject({
      code: 'unknown-transfer-syntax',
    });
  });

  it('by a corrupt deflate stream is refused', async () => {
    const bytes = await deflated(withPixels());
    await expect(inspectObject(bytesSource(bytes.subarray(0, -6)))).rejects.toMatchObject({ code: 'invalid-element' });
  });

  it('by inflating to more than allowed is refused before it is inflated', async () => {
    const bomb = await deflated({ ...image, '7FE00010': { vr: 'OW', InlineBinary: base64(new Uint8Array(20 * 1024 * 1024)) } });
    await expect(inspectObject(bytesSource(bomb))).rejects.toMatchObject({ code: 'limit-exceeded' });
    const limits = { ...DEFAULT_OBJECT_LIMITS, maxInflatedBytes: 1000 };
    const large = await deflated({ ...image, '7FE00010': { vr: 'OW', InlineBinary: base64(new Uint8Array(2000)) } });
    await expect(inspectObject(bytesSource(large), { limits })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('by attributes that never come to the pixel data is refused at the limit, of which little more is read', async () => {
    const long = { ...identity, '00420011': { vr: 'OB', InlineBinary: base64(new Uint8Array(300_000)) } } as const;
    const bytes = file({ ...long, '7FE00010': { vr: 'OW', InlineBinary: base64(PIXELS) } });
    expect((await inspectObject(bytesSource(bytes))).bulk).toHaveLength(2);
    let read = 0;
    const counted: ByteSource = {
      size: bytes.length,
      read: (offset, length) => {
        read += length;
        return bytesSource(bytes).read(offset, length);
      },
    };
    const limits = { ...DEFAULT_OBJECT_LIMITS, maxHeaderBytes: 100_000 };
    await expect(inspectObject(counted, { limits })).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(read).toBeLessThan(300_000);
  });
});
