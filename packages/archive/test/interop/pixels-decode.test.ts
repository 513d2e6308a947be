// needs: dcmtk, python
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DicomError } from '@filmless/dicom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pixels } from '../../src/core/ports.ts';
import { createPixels } from '../../src/pixels/create-pixels.ts';
import { allFiles, filesRoot, hasCorpus, openObject, type StoredObject, someFrames } from './corpus.ts';
import { NO_CODESTREAM, NOT_BY_PYDICOM } from './not-by-pydicom.ts';
import { askPython } from './python.ts';
import { greatestDifference, numbersOf } from './samples.ts';

/** Two right decoders of a lossy JPEG or HTJ2K round differently: libjpeg's own two differ by as much. ISO 10918-2. */
const ROUNDING = 3;

let pixels: Pixels;
let folder: string;
beforeAll(async () => {
  pixels = await createPixels();
  folder = mkdtempSync(join(tmpdir(), 'filmless-pixels-'));
});
afterAll(async () => {
  await pixels[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function openAll(): Promise<readonly { readonly path: string; readonly stored: StoredObject }[]> {
  const opened = await Promise.all(
    allFiles().map(async (path) => {
      try {
        return [{ path, stored: await openObject(path) }];
      } catch (error) {
        // What cannot be read is never stored; the tests of packages/dicom say which files those are.
        expect(error).toBeInstanceOf(DicomError);
        return [];
      }
    }),
  );
  return opened.flat().filter(({ path, stored }) => path !== NO_CODESTREAM && stored.object.frames.count > 0);
}

test('every image that can be read can be decoded', async () => {
  const failures: string[] = [];
  let decoded = 0;
  for (const { path, stored } of await openAll()) {
    for (const frame of someFrames(stored.object.frames.count)) {
      await pixels.decode(stored.frame(frame)).then(
        () => {
          decoded += 1;
        },
        (error: Error) => failures.push(`${path} frame ${frame + 1}: ${error.message}`),
      );
    }
  }
  expect(failures).toEqual([]);
  expect(decoded).toBeGreaterThan(hasCorpus ? 370 : 0);
});

test('frames are those of pydicom: exactly where nothing was lost, to rounding where it was', async () => {
  const images = (await openAll()).map(({ path, stored }) => ({
    path,
    stored,
    frames: someFrames(stored.object.frames.count),
    out: join(folder, path.replaceAll('/', '_')),
  }));
  const answers = askPython(
    'decode_reference.py',
    images.map(({ path, frames, out }) => ({ path: join(filesRoot, path), frames, out })),
  );
  const differing: string[] = [];
  const missing = new Map<string, string>();
  for (const [index, { path, stored, frames, out }] of images.entries()) {
    const answer = answers[index];
    if (answer?.error !== undefined) {
      missing.set(path, answer.error);
      continue;
    }
    const all = new Float64Array(Uint8Array.from(readFileSync(out)).buffer);
    const length = all.length / frames.length;
    for (const [at, frame] of frames.entries()) {
      const decoded = await pixels.decode(stored.frame(frame));
      const float = stored.object.header['7FE00008'] !== undefined;
      const native = stored.object.transferSyntax.coding === 'native';
      const mask = native && !decoded.signed && decoded.bitsStored < 16 ? 2 ** decoded.bitsStored - 1 : undefined;
      const values = numbersOf(decoded, float, true);
      const ours = mask === undefined ? values : Array.from(values, (value) => value & mask);
      const difference = greatestDifference(ours, all.subarray(at * length, (at + 1) * length));
      if (difference > (stored.object.transferSyntax.lossy || path === MISNAMED ? ROUNDING : 0)) {
        differing.push(`${path} frame ${frame + 1}: ${difference}`);
      }
    }
  }
  expect(differing).toEqual([]);
  expect([...missing.keys()].filter((path) => NOT_BY_PYDICOM[path] === undefined)).toEqual([]);
});

/** A baseline JPEG under the name of a lossless one. */
const MISNAMED = 'modality/op/OP-Heidelberg-JPEGLosslessSV1.dcm';

/** File, reference, greatest difference, note: those of the corpus, or one image of the repository in six syntaxes. */
function pairs(): readonly (readonly string[])[] {
  const table = join(filesRoot, 'pairs.tsv');
  if (existsSync(table)) {
    const lines = readFileSync(table, 'utf8').trim().split('\n').slice(1);
    return lines.map((line) => line.split('\t'));
  }
  const same = allFiles().filter((path) => path.startsWith('codec/mr_small/'));
  return same.map((path) => [path, 'codec/mr_small/MR_small.dcm', '0', 'identical']);
}

test('the same image in two syntaxes differs by no more than the coding lost', async () => {
  const wrong: string[] = [];
  let compared = 0;
  for (const [path = '', reference = '', difference = '', note = ''] of pairs()) {
    if (path === 'broken/MR_truncated.dcm' || path.includes('TestPattern_Palette')) {
      continue; // cut off; and palette indices are no colours
    }
    const most = Number(difference) + (note.startsWith('identical') || difference === '' ? 0 : ROUNDING);
    const found = greatestDifference(await decodeFirst(path), await decodeFirst(reference));
    compared += 1;
    if (found > most) {
      wrong.push(`${path}: ${found} instead of ${most}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThanOrEqual(hasCorpus ? 70 : 7);
});

const BY_DCMTK = Object.entries(NOT_BY_PYDICOM).filter(
  ([path, why]) => why.includes('dcmdjpeg') && existsSync(join(filesRoot, path)),
);

test.each(BY_DCMTK)('%s is decoded as by DCMTK', async (path) => {
  const out = join(folder, 'dcmdjpeg.dcm');
  const run = spawnSync('/usr/bin/dcmdjpeg', [join(filesRoot, path), out]);
  expect(run.status, run.stderr.toString()).toBe(0);
  const [answer] = askPython('decode_reference.py', [{ path: out, frames: [0], out: `${out}.raw` }]);
  expect(answer?.error).toBeUndefined();
  const reference = new Float64Array(Uint8Array.from(readFileSync(`${out}.raw`)).buffer);
  const ours = await decodeFirst(path);
  // RG3 overshoots its 10 bits, which DCMTK's file cannot say.
  const stored = path.includes('RG3') ? 1023 : 0xffff;
  const masked = Array.from(ours, (value) => value & stored);
  expect(greatestDifference(masked, reference)).toBeLessThanOrEqual(ROUNDING);
});

async function decodeFirst(path: string): Promise<ArrayLike<number>> {
  return numbersOf(await pixels.decode((await openObject(path)).frame(0)), false, true);
}
