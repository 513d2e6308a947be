// needs: dcmtk
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, firstText, TAG, writeDataSet, writeFileMeta } from '@filmless/dicom';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pixels } from '../../src/core/ports.ts';
import { createPixels } from '../../src/pixels/create-pixels.ts';
import { filesRoot, openObject } from './corpus.ts';

const GSPS = '1.2.840.10008.5.1.4.1.1.11.1';

let pixels: Pixels;
let folder: string;
beforeAll(async () => {
  pixels = await createPixels({ workers: 1 });
  folder = mkdtempSync(join(tmpdir(), 'filmless-presentation-'));
});
afterAll(async () => {
  await pixels[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What DCMTK makes of an image by a state: width, height and shades. */
function byDcmtk(
  imagePath: string,
  statePath: string,
): { readonly width: number; readonly height: number; readonly shades: Buffer } {
  const out = join(folder, 'out.pgm');
  const run = spawnSync('/usr/bin/dcmp2pgm', ['-p', statePath, imagePath, out], { encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  const bytes = readFileSync(out);
  const [, width = '', height = ''] = /^P5\s+(\d+)\s+(\d+)\s/.exec(bytes.subarray(0, 40).toString('latin1')) ?? [];
  return { width: Number(width), height: Number(height), shades: bytes.subarray(bytes.length - Number(width) * Number(height)) };
}

async function byUs(image: string, header: DataSet, bulk?: (uri: string) => Promise<Uint8Array>) {
  const { object, frame } = await openObject(image);
  const sopInstanceUid = firstText(object.header, TAG.SOPInstanceUID) ?? '';
  const state = bulk === undefined ? { header } : { header, bulk };
  const { bytes } = await pixels.render({ ...frame(0), sopInstanceUid }, { mediaType: 'image/png', state });
  const { data, info } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, shades: data };
}

const greatest = (one: Buffer, other: Buffer): number =>
  one.reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? 0))), 0);

/** A state of the corpus, where that is there, whose image can be read by nothing but all its tables. */
const SCRAMBLED = ['objects/pr-lut/pr-luts.dcm'].filter((name) => existsSync(join(filesRoot, name)));

describe('a grayscale presentation state shows an image as DCMTK does', () => {
  it.each(SCRAMBLED)('by modality, window and presentation tables that scramble it: %s', async (name) => {
    const state = await openObject(name);
    const file = readFileSync(join(filesRoot, name));
    const bulk = (uri: string) => {
      const { offset = 0, length = 0 } = state.object.bulk.find(({ path }) => uri.endsWith(path)) ?? {};
      return Promise.resolve(new Uint8Array(file.subarray(offset, offset + length)));
    };
    const ours = await byUs('objects/pr-lut/image.dcm', state.object.header, bulk);
    const theirs = byDcmtk(join(filesRoot, 'objects/pr-lut/image.dcm'), join(filesRoot, name));
    expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height]);
    expect(greatest(ours.shades, theirs.shades)).toBe(0);
  });

  it.each([
    ['a window', { '00281050': ds(600), '00281051': ds(900) }, {}],
    ['a window and inverted', { '00281050': ds(600), '00281051': ds(900) }, { '20500020': cs('INVERSE') }],
    ['a window, turned and mirrored', { '00281050': ds(600), '00281051': ds(900) }, { '00700041': cs('Y'), '00700042': us(90) }],
  ])('by %s', async (_, window: DataSet, change: DataSet) => {
    const image = 'codec/mr_small/MR_small.dcm';
    const { header } = (await openObject(image)).object;
    const state = stateOf(header, window, change);
    const path = join(folder, 'state.dcm');
    const meta = writeFileMeta({
      mediaStorageSopClassUid: GSPS,
      mediaStorageSopInstanceUid: '1.2.3.9',
      transferSyntaxUid: '1.2.840.10008.1.2.1',
    });
    writeFileSync(path, Buffer.concat([meta, writeDataSet(state, { explicitVr: true })]));
    const [ours, theirs] = [await byUs(image, state), byDcmtk(join(filesRoot, image), path)];
    expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height]);
    // Halves are rounded up here, and cut off there.
    expect(greatest(ours.shades, theirs.shades)).toBeLessThanOrEqual(1);
  });
});

function cs(text: string): DataSet[string] {
  return { vr: 'CS', Value: [text] };
}
function us(...Value: number[]): DataSet[string] {
  return { vr: 'US', Value };
}
function ds(value: number): DataSet[string] {
  return { vr: 'DS', Value: [value] };
}

/** All that DCMTK wants of a state. */
function stateOf(image: DataSet, window: DataSet, change: DataSet): DataSet {
  const text = (vr: 'UI' | 'CS' | 'LO' | 'DA' | 'TM' | 'SH' | 'IS' | 'PN', value: string): DataSet[string] => ({
    vr,
    Value: [value],
  });
  const reference: DataSet = {
    '00081150': text('UI', firstText(image, TAG.SOPClassUID) ?? ''),
    '00081155': text('UI', firstText(image, TAG.SOPInstanceUID) ?? ''),
  };
  const corner = (x: number, y: number): DataSet[string] => ({ vr: 'SL', Value: [x, y] });
  const columns = image[TAG.Columns]?.Value?.[0];
  const rows = image[TAG.Rows]?.Value?.[0];
  return {
    '00080012': text('DA', '20260101'),
    '00080013': text('TM', '120000'),
    '00080016': text('UI', GSPS),
    '00080018': text('UI', '1.2.3.9'),
    '00080020': { vr: 'DA' },
    '00080030': { vr: 'TM' },
    '00080050': { vr: 'SH' },
    '00080060': cs('PR'),
    '00080070': text('LO', 'Filmless'),
    '00080090': { vr: 'PN' },
    '00081115': {
      vr: 'SQ',
      Value: [
        { '00081140': { vr: 'SQ', Value: [reference] }, '0020000E': text('UI', firstText(image, TAG.SeriesInstanceUID) ?? '') },
      ],
    },
    '00100010': text('PN', 'Test'),
    '00100020': text('LO', '1'),
    '00100030': { vr: 'DA' },
    '00100040': { vr: 'CS' },
    '0020000D': text('UI', firstText(image, TAG.StudyInstanceUID) ?? ''),
    '0020000E': text('UI', '1.2.3.8'),
    '00200010': text('SH', '1'),
    '00200011': text('IS', '9'),
    '00200013': text('IS', '1'),
    '00281052': ds(Number(firstText(image, TAG.RescaleIntercept) ?? 0)),
    '00281053': ds(Number(firstText(image, TAG.RescaleSlope) ?? 1)),
    '00281054': text('LO', 'HU'),
    '00283110': { vr: 'SQ', Value: [window] },
    '0070005A': {
      vr: 'SQ',
      Value: [
        {
          '00700052': corner(1, 1),
          '00700053': corner(Number(columns), Number(rows)),
          '00700100': cs('SCALE TO FIT'),
          '00700102': { vr: 'IS', Value: [1, 1] },
        },
      ],
    },
    '00700080': cs('TEST'),
    '00700081': text('LO', 'test'),
    '00700082': text('DA', '20260101'),
    '00700083': text('TM', '120000'),
    '00700084': text('PN', 'Test'),
    '20500020': cs('IDENTITY'),
    ...change,
  };
}
