// needs: dcmtk, python
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DicomError, firstNumber, firstText, isDecodable, TAG } from '@filmless/dicom';
import { inOrder } from '@filmless/disk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ArchiveError } from '../../src/core/errors.ts';
import type { LosslessCoding, Pixels } from '../../src/core/ports.ts';
import { createPixels } from '../../src/pixels/create-pixels.ts';
import { allFiles, hasCorpus, openObject } from './corpus.ts';
import { NO_CODESTREAM } from './not-by-pydicom.ts';
import { askPython } from './python.ts';
import { type KeptFile, keptFile } from './transcoded.ts';

const syntax = (suffix: string): string => `1.2.840.10008.1.2${suffix}`;
const EXPLICIT = syntax('.1');
/** Without loss, by what reads them beside pydicom's decoders. */
const CODINGS: readonly { readonly coding: LosslessCoding; readonly uid: string; readonly dcmtk?: string }[] = [
  { coding: 'rle', uid: syntax('.5'), dcmtk: '/usr/bin/dcmdrle' },
  { coding: 'jpeg-ls', uid: syntax('.4.80'), dcmtk: '/usr/bin/dcmdjpls' },
  { coding: 'jpeg-2000', uid: syntax('.4.90') },
  { coding: 'htj2k', uid: syntax('.4.201') },
];
/** Milliseconds on a busy machine: JPEG 2000 takes most of it. */
const LONGEST = 600_000;
/** Images that are compared by one process of the reference, and then removed. */
const BATCH = 24;

/** What DCMTK does not decode, not even as it came; pydicom's decoders do. */
const NOT_BY_DCMTK: ReadonlyMap<string, string> = new Map([
  ['codec/jpegls/JLSL_08_07_0_1F.dcm', 'DCMTK refuses JPEG-LS of 7 bits, of the file as it came, too'],
]);

/** What the reference cannot say of these, even uncompressed. */
const NOT_COMPARED: ReadonlyMap<string, string> = new Map([
  ['broken/GH340-12bit-allocated-no-preamble.dcm', 'pydicom reads no 12 bits allocated, uncompressed either'],
  ['broken/badVR.dcm', 'pydicom cannot read it: Number of Frames is no number'],
  [
    'objects/pr-overlay/image.dcm',
    'an overlay above Bits Stored: kept in every coding, but pydicom takes it from uncompressed pixels alone',
  ],
]);

interface Tried {
  readonly name: string;
  readonly kept: KeptFile;
}

let pixels: Pixels;
let folder: string;
const unlike: Tried[] = [];
/** What is not tried, by reason. */
const excepted = new Map<string, string[]>();
let files = 0;
let same = 0;

function except(reason: string, name: string): void {
  excepted.set(reason, [...(excepted.get(reason) ?? []), name]);
}

/** What a frame is, decoded: images with the same pixels, in other transfer syntaxes, are one. */
async function pictureOf(name: string): Promise<string | undefined> {
  const stored = await openObject(name);
  if (name === NO_CODESTREAM) {
    except('its codestream was written over: nobody can decode it', name);
  } else if (stored.object.frames.count === 0 || stored.object.header[TAG.PixelData] === undefined) {
    except('no Pixel Data', name);
  } else if (NOT_COMPARED.has(name)) {
    except(NOT_COMPARED.get(name) ?? '', name);
  } else if (!isDecodable(stored.object.transferSyntax)) {
    except('a video, or only a reference to pixels', name);
  } else {
    const { bytes, ...shape } = await pixels.decode(stored.frame(0));
    const stated = [TAG.BitsAllocated, TAG.BitsStored, TAG.HighBit].map((tag) => firstNumber(stored.object.header, tag));
    return `${JSON.stringify([shape, stated])} ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  return undefined;
}

beforeAll(async () => {
  pixels = await createPixels();
  folder = mkdtempSync(join(tmpdir(), 'filmless-roundtrip-'));
  const seen = new Set<string>();
  for (const name of allFiles()) {
    files += 1;
    try {
      const picture = await pictureOf(name);
      if (picture !== undefined && !seen.has(picture)) {
        seen.add(picture);
        unlike.push({ name, kept: firstFrameOf(await keptFile(name, pixels)) });
      } else if (picture !== undefined) {
        same += 1;
      }
    } catch (error) {
      // What cannot be read is never stored.
      expect(error, name).toBeInstanceOf(DicomError);
      except('cannot be read at all', name);
    }
  }
});

afterAll(async () => {
  await pixels[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Of compressed frames the first alone: all are coded alike. */
function firstFrameOf(kept: KeptFile): KeptFile {
  const { frames } = kept.instance;
  return frames.kind === 'encapsulated' ? kept.withFrames({ ...frames, count: 1, frames: frames.frames.slice(0, 1) }) : kept;
}

const pathOf = (name: string, form: string): string => join(folder, `${name.replaceAll('/', '_')}.${form}.dcm`);

/** Writes an image in every coding that holds it; the names of those. */
async function written({ name, kept }: Tried): Promise<readonly string[]> {
  await kept.writeAnewIn(EXPLICIT, 'native', pathOf(name, 'explicit'));
  const made: string[] = [];
  for (const { coding, uid } of CODINGS) {
    try {
      await kept.writeAnewIn(uid, coding, pathOf(name, coding));
      made.push(coding);
    } catch (error) {
      const isRefused = error instanceof ArchiveError && error.code === 'not-acceptable';
      expect(isRefused, `${coding} of ${name}: ${String(error)}`).toBe(true);
      const bits = firstNumber(kept.instance.header, TAG.BitsAllocated);
      const colours = firstText(kept.instance.header, TAG.PhotometricInterpretation);
      except(`${coding} does not hold ${colours} of ${bits} bits`, name);
    }
  }
  return made;
}

/** What DCMTK makes of them, where it can. */
function byDcmtk(name: string, made: readonly string[]): readonly string[] {
  // It insists on attributes that some broken files do not have.
  return made
    .filter(() => !name.startsWith('broken/'))
    .flatMap((coding) => {
      const decoder = CODINGS.find((one) => one.coding === coding)?.dcmtk;
      const to = pathOf(name, `${coding}-dcmtk`);
      const run = decoder === undefined ? undefined : spawnSync(decoder, ['+te', pathOf(name, coding), to], { encoding: 'utf8' });
      const known = NOT_BY_DCMTK.get(name);
      if (known !== undefined && run?.status !== undefined && run.status !== 0) {
        except(known, name);
        return [];
      }
      expect(run?.status ?? 0, `${decoder} ${name}: ${run?.stderr}`).toBe(0);
      return existsSync(to) ? [to] : [];
    });
}

interface Looked {
  readonly faults: readonly string[];
  readonly compared: number;
}

async function compare(batch: readonly Tried[]): Promise<Looked> {
  const made = inOrder(batch, 2, async (tried) => [tried.name, await written(tried)] as const);
  const requests: object[] = [];
  for await (const [, [name, codings]] of made) {
    const own = codings.map((coding) => pathOf(name, coding));
    requests.push({ source: '', reference: pathOf(name, 'explicit'), files: [...own, ...byDcmtk(name, codings)] });
  }
  const answers = askPython('same_pixels.py', requests) as readonly unknown[] as readonly Looked[];
  rmSync(folder, { recursive: true });
  return {
    faults: answers.flatMap(({ faults }) => faults.filter((fault) => !fault.includes('other elements'))),
    compared: answers.reduce((sum, { compared }) => sum + compared, 0),
  };
}

it(
  'every image comes back bit by bit from RLE, JPEG-LS, JPEG 2000 and HTJ2K, for pydicom’s decoders and DCMTK',
  async () => {
    const faults: string[] = [];
    let compared = 0;
    for (let at = 0; at < unlike.length; at += BATCH) {
      const found = await compare(unlike.slice(at, at + BATCH));
      faults.push(...found.faults.map((fault) => fault.replaceAll(`${folder}/`, '')));
      compared += found.compared;
      folder = mkdtempSync(join(tmpdir(), 'filmless-roundtrip-'));
    }
    const reasons = [...excepted].map(
      ([reason, names]) => `  ${names.length} ${reason}: ${names.slice(0, 4).join(', ')}${names.length > 4 ? ' …' : ''}`,
    );
    console.log(
      `${files} files, ${unlike.length} unlike images tried, ${same} with the same pixels as one of those, ${compared} comparisons; excepted:\n${reasons.join('\n')}`,
    );
    expect(faults).toEqual([]);
    expect(unlike.length).toBeGreaterThan(hasCorpus ? 150 : 20);
    expect(compared).toBeGreaterThan(4 * unlike.length);
  },
  LONGEST,
);
