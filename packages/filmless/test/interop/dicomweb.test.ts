// needs: python
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, CORPUS, type Product, ROOT, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const FILES = CORPUS ?? join(ROOT, 'fixtures', 'files');
const TIMEOUT = 600_000;

/** What a script of `python/` prints: how much it compared, and every difference it found. */
interface Report {
  readonly checked: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
  readonly refused?: readonly string[];
  readonly conflicts?: readonly { readonly path: string; readonly as: string; readonly status: string }[];
  /** Files pydicom gives no reference for, with its error. */
  readonly unreferenced?: Readonly<Record<string, string>>;
}

/** What STOW-RS refuses (PS3.18 10.5.3), and why it may: without its UIDs no object can be found again. */
const REFUSED: Readonly<Record<string, string>> = {
  'broken/3GB-length-truncated.dcm': 'cut off',
  'broken/GH220.dcm': 'no Study Instance UID',
  'broken/GH223.dcm': 'no Study Instance UID',
  'broken/GH340-12bit-allocated-no-preamble.dcm': 'no SOP Class UID',
  'broken/GH487.dcm': 'no Study Instance UID',
  'broken/GH626.dcm': 'cut off',
  'broken/MR_truncated.dcm': 'cut off',
  'broken/UN_sequence.dcm': 'no SOP Class UID',
  'broken/ct-no-preamble-retired-tags.dcm': 'no SOP Class UID',
  'broken/dwv-test_no-number-rows.dcm': 'no SOP Class UID',
  'broken/empty_charset_LEI.dcm': 'no SOP Instance UID',
  'broken/meta_missing_tsyntax.dcm': 'no transfer syntax',
  'broken/nested_priv_SQ.dcm': 'no SOP Class UID',
  'broken/no-preamble-DICM-in-data.dcm': 'no SOP Class UID',
  'broken/no_meta.dcm': 'no data set',
  'broken/no_meta_group_length.dcm': 'no SOP Instance UID',
  'broken/priv_SQ.dcm': 'no SOP Class UID',
  'broken/rtplan_truncated.dcm': 'cut off',
  'charset/chrSQEncoding.dcm': 'no SOP Class UID',
  'charset/chrSQEncoding1.dcm': 'no SOP Class UID',
  'charset/dicomdir/DICOMDIR': 'no composite object',
  'codec/htj2k/HTJ2KLossless_08_RGB.dcm': 'no Study Instance UID',
  'codec/htj2k/HTJ2K_08_RGB.dcm': 'no Study Instance UID',
  'codec/jpegls/JLSL_08_07_0_1F.dcm': 'no Study Instance UID',
  'codec/jpegls/JLSL_16_15_1_1F.dcm': 'no Study Instance UID',
  'codec/jpegls/JLSL_RGB_ILV0.dcm': 'no SOP Instance UID',
  'codec/jpegls/JLSL_RGB_ILV2.dcm': 'no SOP Instance UID',
  'codec/jpegls/JLSN_RGB_ILV0.dcm': 'no SOP Instance UID',
  'codec/jpegls/JPEGLSNearLossless_08.dcm': 'no Study Instance UID',
  'codec/jpegls/JPEGLSNearLossless_16.dcm': 'no Study Instance UID',
  'codec/jpegls/SC_rgb_jls_lossy_line.dcm': 'no Study Instance UID',
  'codec/jpegls/SC_rgb_jls_lossy_sample.dcm': 'no Study Instance UID',
  'modality/mr/EMR-19f-j2k-multifragment.dcm': 'a SOP Instance UID of 67 characters',
  'modality/sm/WSI-140-tiles-jpeg.dcm': 'no Study Instance UID',
  'objects/hp/hanging-protocol.dcm': 'belongs to no study',
  'objects/palette/pet.dcm': 'belongs to no study',
};

/** What pydicom gives no reference for; the tests of packages/archive hold DCMTK and other files against most of these. */
const UNREFERENCED: ReadonlySet<string> = new Set([
  'broken/badVR.dcm',
  'broken/hostile-46341x46341.dcm',
  'broken/hostile-65535x65535.dcm',
  'broken/multiframe-windowing-tiny.dcm',
  'codec/ctimage/CTImage_1.2.840.10008.1.2.4.53.dcm',
  'codec/ctimage/CTImage_1.2.840.10008.1.2.4.55.dcm',
  'codec/jpeg/JPEG-lossy.dcm',
  'codec/jpeg/sc_jpeg_extended_rgb.dcm',
  'codec/jpeg2000/JPEG2000-embedded-sequence-delimiter.dcm',
  'codec/wg04/MR1_JPLY.dcm',
  'codec/wg04/MR3_JPLY.dcm',
  'codec/wg04/MR4_JPLY.dcm',
  'codec/wg04/RG3_JPLY.dcm',
  'codec/wg04/XA1_JPLY.dcm',
  'modality/us/US-Philips-JPEGLS.dcm',
  'objects/seg-liver/seg-liver_deflated-frame.dcm',
  'objects/seg-liver/seg-liver_rle.dcm',
]);

describe('dicomweb-client', () => {
  let product: Product;
  let folder: string;

  beforeAll(async () => {
    product = await startProduct();
    folder = await mkdtemp(join(tmpdir(), 'filmless-dicomweb-'));
  }, TIMEOUT);

  afterAll(async () => {
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function check(script: string): Promise<Report> {
    const setup = { url: product.url, token: ADMIN_TOKEN, root: FILES, state: join(folder, 'stored.json') };
    const path = join(HERE, 'python', script);
    const ran = await run(PYTHON, [path, JSON.stringify(setup)], { timeoutMs: TIMEOUT });
    expect(ran.code, ran.stderr.slice(-4000)).toBe(0);
    return JSON.parse(ran.stdout) as Report;
  }

  it('stores every file that has its UIDs, and gets each back with the bytes of its data set', { timeout: TIMEOUT }, async () => {
    const { checked, failures, refused = [], conflicts = [] } = await check('dicomweb_store.py');
    expect(failures).toEqual([]);
    expect(refused.filter((path) => REFUSED[path] === undefined)).toEqual([]);
    // The same SOP Instance UID on another object, which the collection of files has often.
    expect(conflicts.every(({ status }) => status === 'conflict' || status === 'stored')).toBe(true);
    expect(checked.returned).toBeGreaterThanOrEqual(CORPUS === undefined ? 40 : 302);
  });

  it('finds by every kind of key what a matcher over pydicom finds, at three levels', { timeout: TIMEOUT }, async () => {
    const { checked, failures } = await check('dicomweb_query.py');
    expect(failures).toEqual([]);
    expect(checked['study queries']).toBeGreaterThan(300);
    expect(checked['series queries']).toBeGreaterThan(300);
    expect(checked['instance queries']).toBeGreaterThan(300);
  });

  it('reads the metadata that pydicom writes', { timeout: TIMEOUT }, async () => {
    const { checked, failures, unreferenced = {} } = await check('dicomweb_metadata.py');
    expect(failures).toEqual([]);
    expect(Object.keys(unreferenced).filter((path) => !UNREFERENCED.has(path))).toEqual([]);
    expect(checked.instances).toBeGreaterThanOrEqual(CORPUS === undefined ? 39 : 298);
  });

  it('reads frames as stored, decoded and rendered as pydicom has them', { timeout: TIMEOUT }, async () => {
    const { checked, failures, unreferenced = {} } = await check('dicomweb_frames.py');
    expect(failures).toEqual([]);
    expect(Object.keys(unreferenced).filter((path) => !UNREFERENCED.has(path))).toEqual([]);
    expect(checked['decoded frames']).toBeGreaterThanOrEqual(CORPUS === undefined ? 30 : 295);
    expect(checked['rendered frames']).toBe(checked['decoded frames']);
  });

  it('stores what pydicom writes as metadata and bulk data, gets objects with the same pixels, and deletes them', {
    timeout: TIMEOUT,
  }, async () => {
    const { checked, failures } = await check('dicomweb_models.py');
    expect(failures).toEqual([]);
    expect(checked['application/octet-stream']).toBeGreaterThan(5);
    expect(Object.keys(checked)).toEqual(expect.arrayContaining(['image/jpeg', 'image/jp2', 'image/jls']));
    expect(checked.deleted).toBeGreaterThan(20);
  });

  it('retrieves studies and series whole, their pictures and bulk data, and deletes series and instances', {
    timeout: TIMEOUT,
  }, async () => {
    const { checked, failures } = await check('dicomweb_transactions.py');
    expect(failures).toEqual([]);
    expect(checked.studies).toBeGreaterThan(1);
    expect(checked['series deleted']).toBeGreaterThan(0);
    expect(Object.keys(checked)).toEqual(expect.arrayContaining(['series', 'pictures', 'bulk data', 'instances deleted']));
  });
});
