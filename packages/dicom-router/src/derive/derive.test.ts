import { createHash } from 'node:crypto';
import {
  type DataSet,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  firstText,
  items,
  pixelDataHeader,
  readDataSet,
  readFileMeta,
  writeDataSet,
} from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { RouterError } from '../errors.ts';
import type { Changes } from '../routing/decision.ts';
import { Deidentification, type NamedProfile } from './deidentification.ts';
import { type DerivedInstance, derive, type OpenedDataSet } from './derive.ts';

const JPEG_LS = '1.2.840.10008.1.2.4.80';
const STORED_AT = Date.UTC(2026, 2, 1);
const COERCION = { system: 'FILMLESS', source: 'CT01' };
const INSTANCE = {
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.1',
  sopInstanceUid: '1.2.3.1.1',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
};

const HEADER: DataSet = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
  '00080016': { vr: 'UI', Value: [INSTANCE.sopClassUid] },
  '00080018': { vr: 'UI', Value: [INSTANCE.sopInstanceUid] },
  '00080060': { vr: 'CS', Value: ['CT'] },
  '00080080': { vr: 'LO', Value: ['Klinik Süd'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg' }] },
  '00100020': { vr: 'LO', Value: ['P001'] },
  '0020000D': { vr: 'UI', Value: [INSTANCE.studyInstanceUid] },
  '0020000E': { vr: 'UI', Value: [INSTANCE.seriesInstanceUid] },
  '00280002': { vr: 'US', Value: [1] },
  '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
  '00280010': { vr: 'US', Value: [4] },
  '00280011': { vr: 'US', Value: [4] },
  '00280100': { vr: 'US', Value: [8] },
  '00280101': { vr: 'US', Value: [8] },
  '00280102': { vr: 'US', Value: [7] },
};

const PADDING = writeDataSet({ FFFCFFFC: { vr: 'OB', InlineBinary: 'UDAwMQ==' } }, { explicitVr: true });
const NATIVE = Buffer.concat([
  writeDataSet(HEADER, { explicitVr: true }),
  pixelDataHeader('7FE00010', 'OB', 16, true),
  Buffer.alloc(16, 9),
  PADDING,
]);
const ITEM = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0x00, 0xe0, 4, 0, 0, 0, 1, 2, 3, 4]);
const END = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
const COMPRESSED = Buffer.concat([
  writeDataSet(HEADER, { explicitVr: true }),
  pixelDataHeader('7FE00010', 'OB', undefined, true),
  ITEM,
  END,
  PADDING,
]);

const PROFILES: readonly NamedProfile[] = [
  { name: 'basic', options: [] },
  { name: 'blackened', options: ['cleanPixelData'], regions: [{ when: { modality: 'CT' }, areas: [[1, 1, 2, 2]] }] },
];
const deidentification = new Deidentification(Buffer.alloc(32, 1), PROFILES);

async function* trickle(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

/** An archive that has the object in one or two transfer syntaxes, the first of them stored. */
function archive(have: Readonly<Record<string, Uint8Array>>, size = 50) {
  const asked: (string | undefined)[] = [];
  let open = 0;
  return {
    asked,
    left: () => open,
    open: async (wanted: string | undefined): Promise<OpenedDataSet> => {
      asked.push(wanted);
      const transferSyntaxUid = wanted ?? Object.keys(have)[0] ?? '';
      const bytes = have[transferSyntaxUid];
      if (bytes === undefined) {
        throw new RouterError('not-acceptable', 'not so');
      }
      open += 1;
      const close = async () => {
        open -= 1;
      };
      return { transferSyntaxUid, fileMeta: Buffer.from('as stored'), storedAt: STORED_AT, bytes: trickle(bytes, size), close };
    },
  };
}

async function bytesOf(derived: DerivedInstance): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of derived.bytes) {
    parts.push(Buffer.from(part));
  }
  await derived.close();
  return Buffer.concat(parts);
}

async function made(have: Readonly<Record<string, Uint8Array>>, changes: Changes, wanted?: string, size?: number) {
  const source = archive(have, size);
  const derived = await derive({ open: source.open, deidentification, coercion: COERCION }, INSTANCE, changes, wanted);
  const bytes = await bytesOf(derived);
  expect(source.left()).toBe(0);
  const { explicitVr, littleEndian } = { explicitVr: true, littleEndian: true };
  const read = readDataSet(bytes, { transferSyntax: { explicitVr, littleEndian } });
  return { derived, bytes, read, asked: source.asked };
}

describe('what goes out', () => {
  it('is the stored object, byte for byte, where nothing is to be changed', async () => {
    const { derived, bytes } = await made({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE }, { set: [] });
    expect(bytes.equals(NATIVE)).toBe(true);
    expect(derived).toMatchObject(INSTANCE);
    expect(Buffer.from(derived.fileMeta).toString()).toBe('as stored');
  });

  it('has what a rule sets, in its own character set, and all else as it was', async () => {
    const changes = {
      set: [
        { tag: '00080080', value: 'Haus Öst' },
        { tag: '00081040', value: 'A\\B' },
      ],
      remove: ['00100020'],
    };
    const { bytes, read } = await made({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE }, changes);
    expect(read.dataSet['00080080']).toEqual({ vr: 'LO', Value: ['Haus Öst'] });
    expect(read.dataSet['00081040']).toEqual({ vr: 'LO', Value: ['A', 'B'] });
    expect(read.dataSet['00100020']).toBeUndefined();
    expect(bytes.includes(Buffer.from('Haus Öst', 'latin1'))).toBe(true);
    expect(bytes.subarray(-PADDING.length).equals(PADDING)).toBe(true);
  });

  it('says what was there before, unless the rule removes that, and never what was removed', async () => {
    const set = [{ tag: '00080080', value: 'Haus Öst' }];
    const { read } = await made({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE }, { set, remove: ['00100020'] });
    const [item] = items(read.dataSet, '04000561');
    expect(firstText(item ?? {}, '04000562')).toBe('20260301000000+0000');
    expect(items(item ?? {}, '04000550')).toEqual([{ '00080080': { vr: 'LO', Value: ['Klinik Süd'] } }]);
    const without = await made({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE }, { set, remove: ['04000561'] });
    expect(without.read.dataSet['04000561']).toBeUndefined();
    const hidden = await made({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE }, { deidentify: 'basic', set });
    expect(hidden.read.dataSet['04000561']).toBeUndefined();
  });

  it('goes over into UTF-8 where its character set cannot hold what is set', async () => {
    const changes = { set: [{ tag: '00080080', value: 'BV Sa Đéc' }] };
    const { read } = await made({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE }, changes);
    expect(firstText(read.dataSet, '00080005')).toBe('ISO_IR 192');
    expect(firstText(read.dataSet, '00080080')).toBe('BV Sa Đéc');
    expect(firstText(read.dataSet, '00100010')).toBe('Müller^Jörg');
    const [noted] = items(items(read.dataSet, '04000561')[0] ?? {}, '04000550');
    expect(firstText(noted ?? {}, '00080080')).toBe('Klinik Süd');
  });

  it.each([1, 7, 1000])('is a copy with UIDs of its own when it is de-identified, in pieces of %i', async (size) => {
    const { derived, bytes, read } = await made(
      { [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE },
      { deidentify: 'basic' },
      undefined,
      size,
    );
    expect(derived.sopInstanceUid).toMatch(/^2\.25\./);
    expect(firstText(read.dataSet, '00080018')).toBe(derived.sopInstanceUid);
    expect(readFileMeta(derived.fileMeta).meta.mediaStorageSopInstanceUid).toBe(derived.sopInstanceUid);
    expect(derived.length).toBe(bytes.length);
    for (const text of ['ller', 'P001', INSTANCE.sopInstanceUid]) {
      expect(bytes.includes(text)).toBe(false);
    }
    expect(bytes.subarray(-16).equals(Buffer.alloc(16, 9))).toBe(true);
  });

  it('keeps fragments, and nothing that stands behind them', async () => {
    const { bytes } = await made({ [JPEG_LS]: COMPRESSED }, { deidentify: 'basic' }, undefined, 3);
    expect(bytes.subarray(-(ITEM.length + END.length)).equals(Buffer.concat([ITEM, END]))).toBe(true);
  });

  it('is asked for without compression where areas are to be blackened', async () => {
    const have = { [JPEG_LS]: COMPRESSED, [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE };
    const { bytes, read, asked } = await made(have, { deidentify: 'blackened' });
    expect(asked).toEqual([undefined, EXPLICIT_VR_LITTLE_ENDIAN]);
    expect([...bytes.subarray(-16)]).toEqual([9, 9, 9, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9, 9, 9, 9]);
    expect(firstText(read.dataSet, '00280301')).toBe('NO');
    await expect(made(have, { deidentify: 'blackened' }, JPEG_LS)).rejects.toThrow(
      expect.objectContaining({ code: 'not-acceptable' }),
    );
  });

  it('has what a rule sets behind de-identification', async () => {
    const changes = { deidentify: 'basic', set: [{ tag: '00120010', value: 'Đề tài 5' }] };
    const { read } = await made({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE }, changes);
    expect(firstText(read.dataSet, '00120010')).toBe('Đề tài 5');
    expect(firstText(read.dataSet, '00120062')).toBe('YES');
  });

  it('is asked for inflated', async () => {
    const have = { [DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN]: Buffer.from('deflated'), [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE };
    const { asked, derived } = await made(have, { remove: ['00100020'] });
    expect(asked).toEqual([undefined, EXPLICIT_VR_LITTLE_ENDIAN]);
    expect(derived.transferSyntaxUid).toBe(EXPLICIT_VR_LITTLE_ENDIAN);
  });

  it.each([
    ['a profile that is not there', { deidentify: 'gone' }, /no de-identification profile gone/],
    ['a UID that is set', { set: [{ tag: '00080018', value: '1.2' }] }, /stays as it is/],
    ['Rows that are set', { set: [{ tag: '00280010', value: '5' }] }, /pixels/],
    ['a number that is none', { set: [{ tag: '00101030', value: 'heavy' }] }, /no such number/],
    ['letters where none may be', { set: [{ tag: '00080060', value: 'ĐT' }] }, /ASCII/],
    ['a sequence that is set', { set: [{ tag: '00081140', value: '1' }] }, /only text and numbers/],
    ['a private attribute that is set', { set: [{ tag: '00091001', value: '1' }] }, /VR is not known/],
  ])('is nothing with %s, and what was opened is closed', async (_, changes, message) => {
    const source = archive({ [EXPLICIT_VR_LITTLE_ENDIAN]: NATIVE });
    await expect(
      derive({ open: source.open, deidentification, coercion: COERCION }, INSTANCE, changes, undefined),
    ).rejects.toThrow(expect.objectContaining({ code: 'not-derivable', message: expect.stringMatching(message) }));
    expect(source.left()).toBe(0);
  });

  it('does not hold Pixel Data: 256 MiB flow through a few', async () => {
    const size = 256 * 1024 * 1024;
    const piece = Buffer.alloc(65_536, 5);
    async function* long() {
      yield Buffer.concat([writeDataSet(HEADER, { explicitVr: true }), pixelDataHeader('7FE00010', 'OB', size, true)]);
      for (let at = 0; at < size; at += piece.length) {
        yield piece;
      }
    }
    const open = async () => ({
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
      fileMeta: Buffer.alloc(0),
      bytes: long(),
      close: async () => undefined,
    });
    const derived = await derive({ open, deidentification, coercion: COERCION }, INSTANCE, { deidentify: 'basic' }, undefined);
    const hash = createHash('sha1');
    let [total, most] = [0, 0];
    const before = process.memoryUsage().arrayBuffers;
    for await (const part of derived.bytes) {
      hash.update(part);
      total += part.byteLength;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(total).toBe(derived.length);
    expect(most).toBeLessThan(64 * 1024 * 1024);
  });
});
