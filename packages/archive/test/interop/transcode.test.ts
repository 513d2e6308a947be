// needs: dcmtk, python
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DicomError, findTransferSyntax, firstNumber, firstText, TAG, widerSyntaxes } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchiveError } from '../../src/core/errors.ts';
import type { Pixels } from '../../src/core/ports.ts';
import { createPixels } from '../../src/pixels/create-pixels.ts';
import { allFiles, filesRoot } from './corpus.ts';
import { NO_CODESTREAM, NOT_BY_PYDICOM } from './not-by-pydicom.ts';
import { askPython } from './python.ts';
import { type KeptFile, keptFile } from './transcoded.ts';

const syntax = (suffix: string): string => `1.2.840.10008.1.2${suffix}`;
const EXPLICIT = syntax('.1');
const TARGETS: Readonly<Record<string, string>> = {
  implicit: syntax(''),
  deflated: syntax('.1.99'),
  'big-endian': syntax('.2'),
  rle: syntax('.5'),
  'jpeg-lossless': syntax('.4.70'),
  'jpeg-ls': syntax('.4.80'),
  'jpeg-2000': syntax('.4.90'),
  htj2k: syntax('.4.201'),
  'htj2k-rpcl': syntax('.4.202'),
};
/** DCMTK's decoders of what is made here; of JPEG 2000 it has none. */
const DCMTK: Readonly<Record<string, readonly [program: string, ...options: string[]]>> = {
  rle: ['/usr/bin/dcmdrle'],
  // It would make RGB of other colours.
  'jpeg-lossless': ['/usr/bin/dcmdjpeg', '--conv-never'],
  'jpeg-ls': ['/usr/bin/dcmdjpls'],
};

let pixels: Pixels;
let folder: string;
const images: { readonly name: string; readonly kept: KeptFile }[] = [];

/** Of images that differ in nothing that matters here one is enough. */
function kindOf({ instance: { header, transferSyntaxUid, frames } }: KeptFile): string {
  const tags = [
    TAG.SamplesPerPixel,
    TAG.BitsAllocated,
    TAG.BitsStored,
    TAG.HighBit,
    TAG.PixelRepresentation,
    TAG.PlanarConfiguration,
  ];
  const numbers = tags.map((tag) => firstNumber(header, tag));
  const many = frames.count > 1;
  return [
    transferSyntaxUid,
    firstText(header, TAG.PhotometricInterpretation),
    ...numbers,
    many,
    header[TAG.PixelData]?.vr,
  ].join();
}

/** What is stored so, or has the same bytes, is not made. */
function isMade({ instance }: KeptFile, uid: string): boolean {
  return uid !== instance.transferSyntaxUid && !widerSyntaxes(instance.transferSyntaxUid).includes(uid);
}

beforeAll(async () => {
  pixels = await createPixels();
  folder = mkdtempSync(join(tmpdir(), 'filmless-transcode-'));
  const kinds = new Set<string>();
  for (const name of allFiles()) {
    const kept = await keptFile(name, pixels).catch((error: unknown) => {
      // What cannot be read is never stored.
      expect(error).toBeInstanceOf(DicomError);
      return undefined;
    });
    const isImage = kept !== undefined && kept.instance.frames.count > 0 && kept.instance.header[TAG.PixelData] !== undefined;
    if (isImage && name !== NO_CODESTREAM && !kinds.has(kindOf(kept)) && !(name in NOT_BY_PYDICOM)) {
      kinds.add(kindOf(kept));
      images.push({ name, kept });
    }
  }
});

afterAll(async () => {
  await pixels[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const pathOf = (name: string, target: string): string => join(folder, `${name.replaceAll('/', '_')}.${target}.dcm`);
/** Uncompressed: as it was, or as it was made. */
const referenceOf = ({ name, kept }: { readonly name: string; readonly kept: KeptFile }): string =>
  kept.instance.transferSyntaxUid === EXPLICIT ? join(filesRoot, name) : pathOf(name, 'explicit');

describe('an instance in another transfer syntax, read by others', () => {
  const refused: string[] = [];

  it('can be had in each: uncompressed always, compressed wherever the coding holds such pixels', async () => {
    const failed: string[] = [];
    for (const { name, kept } of images) {
      if (kept.instance.transferSyntaxUid !== EXPLICIT) {
        await kept.writeIn(EXPLICIT, pathOf(name, 'explicit'));
      }
      for (const [target, uid] of Object.entries(TARGETS).filter(([, one]) => isMade(kept, one))) {
        await kept.writeIn(uid, pathOf(name, target)).catch((error: unknown) => {
          const what = `${target} of ${name}: ${error instanceof Error ? error.message : String(error)}`;
          (error instanceof ArchiveError && error.code === 'not-acceptable' ? refused : failed).push(what);
        });
      }
    }
    expect(failed).toEqual([]);
    const uncompressed = refused.filter((what) => what.startsWith('implicit') || what.startsWith('deflated'));
    expect(uncompressed).toEqual([]);
  });

  it('has for pydicom and all its decoders the same pixels, and the same elements beside them', () => {
    const requests = images
      .map((image) => ({ ...image, reference: referenceOf(image) }))
      .map(({ name, kept, reference }) => ({
        source: findTransferSyntax(kept.instance.transferSyntaxUid)?.lossy === true ? '' : join(filesRoot, name),
        reference,
        files: Object.keys(TARGETS)
          .map((target) => pathOf(name, target))
          .filter((path) => existsSync(path)),
      }));
    const answers = askPython('same_pixels.py', requests) as readonly unknown[] as readonly {
      readonly faults: readonly string[];
      readonly compared: number;
    }[];
    // NOTE: pydicom gives words of OW as they lie there, and in big endian they lie the other way round.
    const isOrder = (fault: string) => fault.includes('.big-endian.dcm: other elements');
    expect(
      answers.flatMap(({ faults }) =>
        faults.filter((fault) => !isOrder(fault)).map((fault) => fault.replaceAll(`${folder}/`, '')),
      ),
    ).toEqual([]);
    expect(answers.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(5 * images.length);
  });

  it('has the same pixels for DCMTK', () => {
    // It insists on attributes that some broken files do not have.
    const whole = images.filter(({ name }) => !name.startsWith('broken/'));
    const requests = whole.flatMap(({ name, kept }) =>
      Object.entries(DCMTK).flatMap(([target, [decoder, ...options]]) => {
        const from = pathOf(name, target);
        const to = pathOf(name, `${target}-dcmtk`);
        if (!existsSync(from)) {
          return [];
        }
        const run = spawnSync(decoder, [...options, '+te', from, to], { encoding: 'utf8' });
        expect(run.status, `${decoder} ${name}: ${run.stderr}`).toBe(0);
        return [{ source: '', reference: referenceOf({ name, kept }), files: [to] }];
      }),
    );
    const answers = askPython('same_pixels.py', requests) as readonly unknown[] as readonly {
      readonly faults: readonly string[];
    }[];
    const pixelsDiffer = answers.flatMap(({ faults }) => faults).filter((fault) => !fault.includes('other elements'));
    expect(pixelsDiffer.map((fault) => fault.replaceAll(`${folder}/`, ''))).toEqual([]);
  });
});
