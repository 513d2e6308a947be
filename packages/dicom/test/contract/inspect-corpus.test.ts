import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bytesSource,
  type DataSet,
  DicomError,
  frameRanges,
  inspectObject,
  readObject,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const CORPUS: string = join(import.meta.dirname, '../../../../../shared/corpus');
const THERE: boolean = existsSync(join(CORPUS, 'manifest.tsv'));

function table(name: string): readonly Readonly<Record<string, string>>[] {
  if (!THERE) {
    return [];
  }
  const [head = '', ...lines] = readFileSync(join(CORPUS, name), 'utf8').trimEnd().split('\n');
  const columns = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, i) => [columns[i] ?? '', value])));
}

async function outcome(path: string): Promise<string> {
  try {
    const { frames } = await inspectObject(bytesSource(readFileSync(join(CORPUS, path))));
    return `${frames.kind} ${frames.count}`;
  } catch (error) {
    return error instanceof DicomError ? error.code : `untyped: ${String(error)}`;
  }
}

/** Whether a broken object can be kept, and with how many frames. */
const BROKEN: Readonly<Record<string, string>> = {
  '3GB-length-truncated': 'truncated',
  ExplVR_BigEndNoMeta: 'none 0',
  ExplVR_LitEndNoMeta: 'none 0',
  GH1146: 'none 0',
  'GH178-no-pixel-data': 'none 0',
  GH220: 'missing-attribute',
  GH223: 'missing-attribute',
  'GH340-12bit-allocated-no-preamble': 'missing-attribute',
  GH487: 'missing-attribute',
  MR_truncated: 'truncated',
  UN_sequence: 'missing-attribute',
  badVR: 'native 1',
  'ct-no-preamble-retired-tags': 'missing-attribute',
  'ct-private-elscint-compression': 'none 0',
  'deflated-with-sequence': 'none 0',
  'dwv-test_no-number-rows': 'missing-attribute',
  'emr-without-pixel-data': 'none 0',
  'hostile-46341x46341': 'none 0',
  'hostile-65535x65535': 'none 0',
  meta_missing_tsyntax: 'invalid-meta',
  'multiframe-windowing-tiny': 'native 4',
  nested_priv_SQ: 'missing-attribute',
  'no-meta-length-test': 'none 0',
  'no-preamble-DICM-in-data': 'missing-attribute',
  no_meta: 'not-dicom',
  'odd-length-OB-pixels': 'native 1',
  'private-ge-bigendian-pixel-undefined-length-a': 'native 1',
  'private-ge-bigendian-pixel-undefined-length-b': 'native 1',
  rtplan_truncated: 'truncated',
  'unknown-sop-class': 'native 1',
};

/** Elements against the standard's grammar, beyond what is worth guessing: read or refused, but never in an untyped way. */
const BEYOND_GRAMMAR: readonly string[] = ['modality/us/US-Philips-JPEGLS.dcm', 'broken/GH179A.dcm', 'broken/GH626.dcm'];

const corpusTests = (): void => {
  it.each(Object.entries(BROKEN))('broken/%s is inspected as %s', async (name, expected) => {
    expect(await outcome(`broken/${name}.dcm`)).toBe(expected);
  });

  it.each(BEYOND_GRAMMAR)('%s is read or refused in a typed way', async (path) => {
    expect(await outcome(path)).toMatch(/^(\w+ \d+|truncated|invalid-element|missing-attribute)$/);
  });

  const features = new Map(table('features.tsv').map((row) => [row.path ?? '', row.features ?? '']));
  const rows = table('manifest.tsv').filter(({ path = '' }) => !path.startsWith('broken/') && !BEYOND_GRAMMAR.includes(path));

  it('has every other file read, with the frames its manifest counts', { timeout: 60_000 }, async () => {
    const odd: string[] = [];
    for (const { path = '', frames = '', rows: height = '' } of rows) {
      const { frames: found } = await readObject(bytesSource(readFileSync(join(CORPUS, path))));
      const expected = features.get(path)?.includes('image-without-pixel-data') || height === '' ? 0 : Number(frames || 1);
      if (found.count !== expected) {
        odd.push(`${path}: ${found.count}, not ${expected}`);
      }
    }
    expect(odd).toEqual([]);
  });

  it('has every other file kept, but for those that lack a UID or whose UID is none', { timeout: 60_000 }, async () => {
    const odd: string[] = [];
    for (const { path = '', study_uid = '', series_uid = '', sop_uid = '' } of rows) {
      const uids = [study_uid, series_uid, sop_uid];
      const illegal = uids.some((uid) => uid !== '' && !/^[0-9.]{1,64}$/.test(uid));
      const found = await outcome(path);
      const kept = /^(native [1-9]\d*|encapsulated [1-9]\d*|none 0)$/.test(found);
      // A directory has no instance of its own.
      const lacking = uids.includes('') || path.endsWith('DICOMDIR');
      if (illegal ? found !== 'invalid-uid' : lacking ? found !== 'missing-attribute' : !kept) {
        odd.push(`${path}: ${found}`);
      }
    }
    expect(odd).toEqual([]);
  });

  it('has frames that lie within their file and begin as their coding does', { timeout: 60_000 }, async () => {
    for (const { path = '' } of rows) {
      const bytes = readFileSync(join(CORPUS, path));
      const object = await readObject(bytesSource(bytes));
      const content = object.inflated?.bytes ?? bytes;
      for (let index = 0; index < object.frames.count; index += 1) {
        const { ranges } = frameRanges(object.frames, index);
        expect(
          ranges.every(({ offset, length }) => offset > 0 && length > 0 && offset + length <= content.length),
          path,
        ).toBe(true);
        if (object.frames.kind === 'encapsulated' && object.transferSyntax.coding.startsWith('jpeg')) {
          const [first = 0, second = 0] = content.subarray(ranges[0]?.offset ?? 0);
          expect([0xffd8, 0xff4f, 0x0000], path).toContain(first * 256 + second);
        }
      }
    }
  });
};

if (THERE) {
  describe('the corpus', corpusTests);
}

describe('an object with bytes changed at random', () => {
  const uids: DataSet = {
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
    '00080018': { vr: 'UI', Value: ['1.2.3.4'] },
    '0020000D': { vr: 'UI', Value: ['1.2.3'] },
    '0020000E': { vr: 'UI', Value: ['1.2.3.1'] },
    '00280008': { vr: 'IS', Value: [2] },
    '00280010': { vr: 'US', Value: [2] },
    '00280011': { vr: 'US', Value: [2] },
    '00280100': { vr: 'US', Value: [8] },
    '00400275': { vr: 'SQ', Value: [{ '00400008': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['A'] } }] } }] },
    '7FE00010': { vr: 'OW', InlineBinary: 'AQIDBAUGBwg=' },
  };
  const meta = { mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.7', mediaStorageSopInstanceUid: '1.2.3.4' };
  const whole = [false, true].map((explicitVr) => [
    ...writeFileMeta({ ...meta, transferSyntaxUid: explicitVr ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2' }),
    ...writeDataSet(uids, { explicitVr }),
  ]);

  it('is read or refused in a typed way', async () => {
    const change = fc.record({ at: fc.nat(600), byte: fc.oneof(fc.constantFrom(0, 0xff, 0xfe, 0xe0, 0x80), fc.nat(255)) });
    const damaged = fc.record({ of: fc.constantFrom(...whole), changes: fc.array(change, { maxLength: 6 }), cut: fc.nat(700) });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ of, changes, cut }) => {
        const bytes = Uint8Array.from(of.slice(0, cut < 100 ? of.length - cut : of.length));
        for (const { at, byte } of changes) {
          bytes[132 + (at % (bytes.length - 132))] = byte;
        }
        const failure: unknown = await inspectObject(bytesSource(bytes)).catch((error: unknown) => error);
        expect(failure instanceof Error && !(failure instanceof DicomError) ? failure : undefined).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });
});
