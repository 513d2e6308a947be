import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource, type DataSet, firstText, type ReadObject, readObject, TAG, writeDataSet } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf } from '../support/objects.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/files');
const syntax = (suffix: string): string => `1.2.840.10008.1.2${suffix}`;
const EXPLICIT = syntax('.1');
const RLE = syntax('.5');
const TARGETS = ['', '.1', '.1.99', '.1.98', '.2', '.5', '.8.1', '.4.57', '.4.70', '.4.80', '.4.90', '.4.201', '.4.202'].map(
  syntax,
);
const LOSSY = ['.4.50', '.4.51', '.4.81', '.4.91', '.4.203'].map(syntax);

let http: TestHttp;

/** Stores a file and tells the path of its instance. */
async function store(bytes: Uint8Array): Promise<string> {
  const answer = (await (await http.stow([bytes])).json()) as DataSet;
  const item = answer['00081199']?.Value?.[0] as DataSet | undefined;
  return new URL(String(item?.['00081190']?.Value?.[0])).pathname;
}

const ask = (path: string, ...wanted: readonly string[]): Promise<Response> =>
  http.ask(path, {
    accept: wanted.map((one) => `multipart/related; type="application/dicom"; transfer-syntax=${one}`).join(', '),
  });

async function fetched(
  path: string,
  ...wanted: readonly string[]
): Promise<{ readonly object: ReadObject; readonly bytes: Buffer }> {
  const response = await ask(path, ...wanted);
  expect(response.status).toBe(200);
  const bytes = (await partsOf(response))[0]?.bytes ?? Buffer.alloc(0);
  return { object: await readObject(bytesSource(bytes)), bytes };
}

const frameOf = async (path: string, frame: number): Promise<Buffer> => {
  const response = await http.ask(`${path}/frames/${frame}`, { accept: 'multipart/related; type="application/octet-stream"' });
  return (await partsOf(response))[0]?.bytes ?? Buffer.alloc(0);
};

/** Frames of 3 x 3 pixels of one bit. */
const bits = (frames: number, value: readonly number[]): Uint8Array =>
  fileOf({
    ...dataSetOf({ study: `1.2.${800 + frames}`, more: { [TAG.NumberOfFrames]: attribute('IS', frames) } }),
    [TAG.Rows]: attribute('US', 3),
    [TAG.Columns]: attribute('US', 3),
    [TAG.BitsAllocated]: attribute('US', 1),
    [TAG.BitsStored]: attribute('US', 1),
    [TAG.HighBit]: attribute('US', 0),
    [TAG.PixelData]: { vr: 'OB', InlineBinary: Buffer.from(value).toString('base64') },
  });

beforeAll(async () => {
  http = await openTestHttp();
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

describe('an instance asked for in a transfer syntax it is not stored in', () => {
  it.each(['modality/ct/CT_small.dcm', 'codec/rle/SC_rgb_rle_2frame.dcm'])('%s comes so, with the same frames', async (name) => {
    const path = await store(readFileSync(join(FIXTURES, name)));
    const stored = await fetched(path, '*');
    const first = await frameOf(path, 1);
    for (const target of TARGETS) {
      const { object, bytes } = await fetched(path, target);
      expect(object.transferSyntax.uid).toBe(target);
      expect(firstText(object.header, TAG.SOPInstanceUID)).toBe(firstText(stored.object.header, TAG.SOPInstanceUID));
      expect(object.frames.count).toBe(stored.object.frames.count);
      if (object.frames.kind === 'native' && !object.transferSyntax.deflated && object.transferSyntax.littleEndian) {
        expect(bytes.subarray(object.frames.offset, object.frames.offset + first.length).equals(first), target).toBe(true);
      }
    }
  });

  it('has a Basic Offset Table that leads to its frames', async () => {
    const path = await store(readFileSync(join(FIXTURES, 'codec/rle/SC_rgb_rle_2frame.dcm')));
    const { object, bytes } = await fetched(path, syntax('.4.80'));
    expect(object.frames).toMatchObject({ kind: 'encapsulated', count: 2 });
    const [first, second] = object.frames.kind === 'encapsulated' ? object.frames.frames : [];
    const base = (first?.[0]?.offset ?? 0) - 8;
    expect(bytes.readUInt32LE(base - 12)).toBe(8);
    expect([bytes.readUInt32LE(base - 8), bytes.readUInt32LE(base - 4)]).toEqual([0, (second?.[0]?.offset ?? 0) - 8 - base]);
  });

  it('comes in the first of several that can be made, the stored one before all', async () => {
    const path = await store(readFileSync(join(FIXTURES, 'modality/ct/CT_small.dcm')));
    const none = syntax('.4.110');
    expect((await fetched(path, none, RLE, syntax(''))).object.transferSyntax.uid).toBe(RLE);
    expect((await fetched(path, RLE, EXPLICIT)).object.transferSyntax.uid).toBe(EXPLICIT);
    const refused = await ask(path, none);
    expect(refused.status).toBe(406);
    expect(((await refused.json()) as { readonly detail: string }).detail).toContain(RLE);
  });

  it('keeps its bytes where only the name of the transfer syntax changes', async () => {
    const path = await store(readFileSync(join(FIXTURES, 'codec/mr_small/MR_small_jp2klossless.dcm')));
    const [stored, wider] = [await fetched(path, '*'), await fetched(path, syntax('.4.91'))];
    expect(wider.object.transferSyntax.uid).toBe(syntax('.4.91'));
    const dataSet = ({ bytes, object }: typeof stored) => bytes.subarray(object.dataSetOffset);
    expect(dataSet(wider).equals(dataSet(stored))).toBe(true);
  });

  it('of one bit a pixel comes in implicit VR as it lies there, and compressed not at all', async () => {
    const path = await store(bits(2, [0xff, 0x55, 0x01, 0]));
    const { object, bytes } = await fetched(path, syntax(''));
    const { offset = 0 } = object.frames.kind === 'native' ? object.frames : {};
    expect([...bytes.subarray(offset, offset + 4)]).toEqual([0xff, 0x55, 0x01, 0]);
    expect((await ask(path, RLE)).status).toBe(406);
  });

  it('leaves out an icon that is compressed in another way', async () => {
    const item = { vr: 'OB', InlineBinary: Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]).toString('base64') } as const;
    const icon = writeDataSet({ [TAG.PixelData]: item }, { explicitVr: true, encapsulatedPixelData: true });
    const stored = readFileSync(join(FIXTURES, 'codec/jpeg/SC_rgb_small_odd_jpeg.dcm'));
    // Icon Image Sequence, one item.
    const sequence = Buffer.alloc(12 + 8);
    sequence.set([0x88, 0x00, 0x00, 0x02, 0x53, 0x51, 0, 0]);
    sequence.writeUInt32LE(8 + icon.length, 8);
    sequence.set([0xfe, 0xff, 0x00, 0xe0], 12);
    sequence.writeUInt32LE(icon.length, 16);
    const at = stored.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f]));
    const path = await store(Buffer.concat([stored.subarray(0, at), sequence, icon, stored.subarray(at)]));
    expect((await fetched(path, '*')).object.header['00880200']).toBeDefined();
    for (const target of ['.4.80', '.5', '.1']) {
      expect((await fetched(path, syntax(target))).object.header['00880200']).toBeUndefined();
    }
  });

  it('in big endian has the words of its values and pixels turned', async () => {
    const path = await store(readFileSync(join(FIXTURES, 'modality/ct/CT_small.dcm')));
    const [little, big] = [await fetched(path, EXPLICIT), await fetched(path, syntax('.2'))];
    expect(big.object.header).toEqual(little.object.header);
    const pixelsOf = ({ object: { frames }, bytes }: typeof big): Buffer =>
      frames.kind === 'native' ? bytes.subarray(frames.offset, frames.offset + frames.length) : Buffer.alloc(0);
    expect(Buffer.from(pixelsOf(big)).swap16()).toEqual(pixelsOf(little));
  });

  it('with loss is another instance, the same each time, that says what it is made of', async () => {
    const path = await store(readFileSync(join(FIXTURES, 'codec/rle/SC_rgb_rle_2frame.dcm')));
    const stored = (await fetched(path, '*')).object.header;
    for (const target of LOSSY) {
      const { object, bytes } = await fetched(path, target);
      const { header } = object;
      expect(object.transferSyntax.uid).toBe(target);
      expect(object.frames.count).toBe(2);
      const uid = firstText(header, TAG.SOPInstanceUID) ?? '';
      expect(uid).toMatch(/^2\.25\.[0-9]+$/);
      expect(bytes.subarray(0, 600).includes(uid)).toBe(true);
      expect(uid).toBe(firstText((await fetched(path, target)).object.header, TAG.SOPInstanceUID));
      expect(firstText(header, TAG.SeriesInstanceUID)).toBe(firstText(stored, TAG.SeriesInstanceUID));
      expect(firstText(header, '00080008')).toBe('DERIVED');
      expect(firstText(header, '00282110')).toBe('01');
      expect(Number(firstText(header, '00282112'))).toBeGreaterThan(1);
      expect(firstText(header, '00282114')).toMatch(/^ISO_1/);
      const source = header['00082112']?.Value?.[0] as DataSet;
      expect(firstText(source, TAG.ReferencedSOPInstanceUID)).toBe(firstText(stored, TAG.SOPInstanceUID));
      expect(firstText(header['00089215']?.Value?.at(-1) as DataSet, '00080100')).toBe('113040');
    }
    // Whoever takes something without loss, too, gets that.
    expect((await fetched(path, syntax('.4.50'), syntax('.4.80'))).object.transferSyntax.uid).toBe(syntax('.4.80'));
  });

  it('that a coding with loss cannot hold is refused, and what there is named', async () => {
    const path = await store(readFileSync(join(FIXTURES, 'modality/ct/CT_small.dcm')));
    const refused = await ask(path, syntax('.4.50'));
    expect(refused.status).toBe(406);
    expect(((await refused.json()) as { readonly detail: string }).detail).toContain('8 bits');
  });

  it('without pixels comes in any of them, as the elements are coded there', async () => {
    const path = await store(readFileSync(join(FIXTURES, 'objects/sr/test-SR.dcm')));
    const stored = await fetched(path, '*');
    for (const target of TARGETS) {
      const { object } = await fetched(path, target);
      expect(object.transferSyntax.uid).toBe(target);
      expect(object.header).toEqual(stored.object.header);
    }
  });
});
