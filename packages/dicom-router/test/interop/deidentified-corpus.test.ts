// needs: python, dcmtk
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEIDENTIFICATION_OPTIONS, type DeidentificationOption } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deidentification } from '../../src/derive/deidentification.ts';
import { type DerivedInstance, derive } from '../../src/derive/derive.ts';
import { RouterError } from '../../src/errors.ts';
import { CONFIDENTIALITY_TABLE, CORPUS, CORPUS_THERE, corpusFiles, openFile } from '../corpus.ts';
import { PEERS, PYTHON, run } from '../run-peer.ts';

const BASIC = 'basic';
const COERCION = { system: 'FILMLESS', source: '' };
const ALL_BUT_DATES = 'everything';
const SECRET = Buffer.alloc(32, 7);
const ANYTHING = { studyInstanceUid: '1', seriesInstanceUid: '1', sopInstanceUid: '1', sopClassUid: '1', transferSyntaxUid: '1' };

/** Each option alone, and all that can be together. */
const PROFILES: ReadonlyMap<string, readonly DeidentificationOption[]> = new Map([
  [BASIC, []],
  ...DEIDENTIFICATION_OPTIONS.map((option): [string, readonly DeidentificationOption[]] => [option, [option]]),
  [ALL_BUT_DATES, DEIDENTIFICATION_OPTIONS.filter((option) => option !== 'retainFullDates')],
]);

const profiles = Array.from(PROFILES, ([name, options]) => ({
  name,
  options,
  scope: 'one',
  pseudonymPrefix: 'TEST-',
  // Somebody looked at the corpus: what is burned in is nobody's.
  regions: [
    { when: {}, areas: [] },
    { when: {}, areas: [], hides: 'face' as const },
  ],
  accept: ['video' as const],
}));

const folder = mkdtempSync(join(tmpdir(), 'deidentified-'));
const deidentification = new Deidentification(SECRET, profiles);

/** The whole copy, or of one with Pixel Data what stands before it; or why there is none. */
async function copy(path: string, file: Uint8Array, deidentify: string, whole: boolean): Promise<Buffer | string> {
  try {
    return await bytesOf(
      await derive({ open: openFile(path, file), deidentification, coercion: COERCION }, ANYTHING, { deidentify }, undefined),
      whole,
    );
  } catch (error) {
    if (error instanceof RouterError) {
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
}

async function bytesOf(made: DerivedInstance, whole: boolean): Promise<Buffer> {
  const parts: Uint8Array[] = [made.fileMeta];
  let total = 0;
  for await (const part of made.bytes) {
    parts.push(part);
    total += part.byteLength;
    if (!whole) {
      break;
    }
  }
  await made.close();
  if (whole && made.length !== undefined) {
    expect(total).toBe(made.length);
  }
  return Buffer.concat(parts);
}

/** pydicom does not read the first two, and takes one value of the last for all the rest of the file. */
const READ_OTHERWISE: ReadonlySet<string> = new Set([
  'modality/us/US-Philips-JPEGLS.dcm',
  'broken/private-ge-bigendian-pixel-undefined-length-b.dcm',
  'broken/GH179A.dcm',
]);

interface Case {
  readonly original: string;
  readonly result: string;
  readonly options: readonly string[];
  readonly whole: boolean;
  readonly group: string;
}

const cases: Case[] = [];
const refused = new Map<string, string>();
const digests = new Map<string, string>();

async function makeAll(path: string): Promise<void> {
  const original = join(CORPUS, path);
  const file = await readFile(original);
  for (const [name, options] of PROFILES) {
    const bytes = await copy(original, file, name, name === BASIC);
    if (typeof bytes === 'string') {
      refused.set(name === BASIC ? path : `${path} with ${name}`, bytes);
      if (name === BASIC) {
        return;
      }
      continue;
    }
    const result = join(folder, `${path.replaceAll('/', '_')}.${name}`);
    await writeFile(result, bytes);
    if (!READ_OTHERWISE.has(path)) {
      cases.push({ original, result, options, whole: name === BASIC, group: 'one' });
    }
    if (name === BASIC) {
      digests.set(path, createHash('sha256').update(bytes).digest('hex'));
    }
  }
}

if (CORPUS_THERE) {
  describe('the corpus, de-identified', () => {
    beforeAll(async () => {
      for (const path of corpusFiles()) {
        await makeAll(path);
      }
    }, 120_000);
    afterAll(() => rmSync(folder, { recursive: true }));

    it('is all there but for what cannot be made safe or read, each with its reason', () => {
      expect(Object.fromEntries(refused)).toEqual(REFUSED);
    });

    it('holds to the table with the basic profile and every option, at every level, and nothing that names anybody is left', async () => {
      const answer = await run(
        PYTHON,
        [join(PEERS, 'check_deidentified.py')],
        JSON.stringify({ table: CONFIDENTIALITY_TABLE, cases }),
      );
      const { checked, uids, resolved, faults } = JSON.parse(answer.output);
      expect(faults).toEqual([]);
      expect(checked).toBeGreaterThan(500_000);
      expect(uids).toBeGreaterThan(700);
      expect(resolved).toBeGreaterThan(10);
    }, 120_000);

    it('is the same in a second run', async () => {
      for (const [path, digest] of digests) {
        const bytes = await copy(join(CORPUS, path), await readFile(join(CORPUS, path)), BASIC, true);
        expect([path, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, digest]);
      }
    });

    it('is read by DCMTK without a fault', async () => {
      const results = cases.filter(({ whole }) => whole).map(({ result }) => result);
      const dcmdump = promisify(execFile);
      const { stderr } = await dcmdump('/usr/bin/dcmdump', ['-q', '+P', '0012,0062', ...results]);
      expect(stderr).toBe('');
    });
  });
}

const NO_CLASS = 'not-derivable: mediaStorageSopClassUid cannot be written to a file: ""';
const NO_INSTANCE = 'not-derivable: mediaStorageSopInstanceUid cannot be written to a file: ""';
const TOO_LONG =
  'not-derivable: mediaStorageSopInstanceUid cannot be written to a file: "1.2.826.0.1.3680043.2.1143.7567016219912961108887122553257011601.11"';
const DOCUMENT = 'not-derivable: an encapsulated document (PDF, CDA, STL, ...) cannot be looked into';

/** No archive keeps those that cannot be read or have no UIDs. */
const REFUSED: Readonly<Record<string, string>> = {
  'broken/3GB-length-truncated.dcm': 'not-derivable: the object is cut off: 3221127392 bytes of its Pixel Data are missing',
  'broken/GH340-12bit-allocated-no-preamble.dcm': NO_CLASS,
  'broken/GH626.dcm':
    'not-derivable: the object cannot be read to change it: (0000,0000) CommandGroupLength ends at byte 337257199, after the end of the data at byte 131830',
  'broken/MR_truncated.dcm': 'not-derivable: the object is cut off: 62 bytes of its Pixel Data are missing',
  'broken/UN_sequence.dcm': NO_CLASS,
  'broken/ct-no-preamble-retired-tags.dcm': NO_CLASS,
  'broken/dwv-test_no-number-rows.dcm': NO_CLASS,
  'broken/meta_missing_tsyntax.dcm':
    'archive: Transfer Syntax UID (0002,0010) is missing and the data set does not show which it is',
  'broken/nested_priv_SQ.dcm': NO_CLASS,
  'broken/no-preamble-DICM-in-data.dcm': NO_CLASS,
  'broken/no_meta.dcm': 'archive: not a DICOM file: neither file meta information nor a data set at its beginning',
  'broken/rtplan_truncated.dcm':
    'not-derivable: the object cannot be read to change it: (300A,00B0) BeamSequence ends at byte 2094, after the end of the data at byte 1829',
  'charset/dicomdir/DICOMDIR':
    'not-derivable: a directory of files (DICOMDIR) names every patient in it, and is no object of one',
  'codec/jpegls/JLSL_RGB_ILV0.dcm': NO_INSTANCE,
  'codec/jpegls/JLSL_RGB_ILV2.dcm': NO_INSTANCE,
  'codec/jpegls/JLSN_RGB_ILV0.dcm': NO_INSTANCE,
  'modality/mr/EMR-19f-j2k-multifragment.dcm with everything': TOO_LONG,
  'modality/mr/EMR-19f-j2k-multifragment.dcm with retainUids': TOO_LONG,
  'objects/pdf/sample-pdf.dcm': DOCUMENT,
  'objects/stl/encapsulated-stl.dcm': DOCUMENT,
};
