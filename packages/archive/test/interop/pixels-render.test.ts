// needs: python
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pixels } from '../../src/core/ports.ts';
import { createPixels } from '../../src/pixels/create-pixels.ts';
import { enlargeRaster } from '../../src/pixels/render/resample.ts';
import { allFiles, filesRoot, hasCorpus, openObject, type StoredObject, someFrames } from './corpus.ts';
import { NO_CODESTREAM, NOT_BY_PYDICOM } from './not-by-pydicom.ts';
import { askPython } from './python.ts';
import { psnr } from './samples.ts';

const LEAST_PSNR = 30;

let pixels: Pixels;
let folder: string;
beforeAll(async () => {
  pixels = await createPixels();
  folder = mkdtempSync(join(tmpdir(), 'filmless-render-'));
});
afterAll(async () => {
  await pixels[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Picture {
  readonly path: string;
  readonly stored: StoredObject;
  readonly frame: number;
  readonly out: string;
}

async function pictures(): Promise<readonly Picture[]> {
  const found = await Promise.all(
    allFiles().map(async (path) => {
      const stored = await openObject(path).catch(() => undefined);
      return stored === undefined || path === NO_CODESTREAM
        ? []
        : someFrames(stored.object.frames.count).map((frame) => ({
            path,
            stored,
            frame,
            out: join(folder, `${path.replaceAll('/', '_')}.${frame}`),
          }));
    }),
  );
  return found.flat();
}

test('every image is rendered as pydicom with its modality, VOI and colour tables shows it', async () => {
  const all = await pictures();
  const answers = askPython(
    'render_reference.py',
    all.map(({ path, frame, out }) => ({ path: join(filesRoot, path), frame, out })),
  );
  const wrong: string[] = [];
  const missing = new Set<string>();
  let compared = 0;
  for (const [index, { path, stored, frame, out }] of all.entries()) {
    const { bytes } = await pixels.render(stored.frame(frame), { mediaType: 'image/jpeg' });
    const [rows, columns, channels = 1] = answers[index]?.shape ?? [];
    if (rows === undefined || columns === undefined) {
      missing.add(path);
      continue;
    }
    const quality = await compare(bytes, readFileSync(out), rows, columns, channels);
    compared += 1;
    if (quality < LEAST_PSNR) {
      wrong.push(`${path} frame ${frame + 1}: ${quality.toFixed(1)} dB`);
    }
  }
  expect(wrong).toEqual([]);
  expect([...missing].filter((path) => NOT_BY_PYDICOM[path] === undefined)).toEqual([]);
  expect(compared).toBeGreaterThan(hasCorpus ? 340 : 0);
});

/** Pixels that are not square make the picture larger than the reference: that is compared in its own size. */
async function compare(bytes: Uint8Array, reference: Buffer, height: number, width: number, channels: number): Promise<number> {
  const space = channels === 1 ? 'b-w' : 'srgb';
  const shown = await sharp(bytes).toColourspace(space).raw().toBuffer({ resolveWithObject: true });
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const expected = enlargeRaster({ ...raw, bytes: reference }, { width: shown.info.width, height: shown.info.height });
  return psnr(shown.data, expected.bytes);
}
