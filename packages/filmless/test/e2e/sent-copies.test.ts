// needs: python, dcmtk, orthanc
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesSource, firstText, inspectObject, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killed } from '../faults/forward/receivers.ts';
import { sha256 } from '../faults/instances.ts';
import { departmentStudy, writeStudy } from '../support/department-study.ts';
import { json } from '../support/facilities.ts';
import { dataSetOf, fetchInstance } from '../support/objects.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { CONFIDENTIALITY_TABLE, type Product, ROOT, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';
import { type StoreScp, startStoreScp } from '../support/storescp.ts';

/* What a rule sends de-identified, by C-STORE to DCMTK and by STOW-RS to Orthanc; pydicom holds it against the standard's table. */

const SENDER = join(ROOT, 'packages/filmless/test/interop/python/store_files.py');
const CHECKER = join(ROOT, 'packages/dicom-router/test/interop/peers/check_deidentified.py');
const OPTIONS = ['retainModifiedDates', 'retainPatientCharacteristics'];
const PROFILE = { options: OPTIONS, pseudonymPrefix: 'TEST-', regions: [{ when: {}, areas: [] }] };
const RULES = (destinations: string) => `rules: [{ name: r, then: [{ deidentify: nc }, { send: [${destinations}] }] }]`;

const reference = (sop: string) => ({
  '00081150': { vr: 'UI' as const, Value: ['1.2.840.10008.5.1.4.1.1.2'] },
  '00081155': { vr: 'UI' as const, Value: [sop] },
});

/** Of one study, each image after the first naming the one before it. */
const STUDY = departmentStudy({
  ...{ seed: 'sent copies', patient: 'Nguyễn^Thị Bích Ngọc', department: 'Khoa Ngoại', slices: 4, size: 64 },
  more: (number, before) => ({
    PatientComments: 'con bà Nguyễn Thị Bích Ngọc',
    ...(number === 1 ? {} : { ReferencedImageSequence: [reference(before)] }),
  }),
});
/** No two alike in what `markOf` looks at. */
const FIXTURES = [
  'modality/ct/CT_small.dcm',
  'codec/mr_small/MR_small_RLE.dcm',
  'codec/rle/SC_rgb_rle_2frame.dcm',
  'objects/rt/rtplan.dcm',
  'objects/seg/liver_1frame.dcm',
  'objects/sr/reportsi.dcm',
].map((name) => join(ROOT, 'fixtures/files', name));

/** Success, and that the file meta information named another instance, as that of one fixture does. PS3.4 B.2.3. */
const KEPT: ReadonlySet<unknown> = new Set([0x0000, 0xb007]);

/** What de-identification leaves of an object, by which a copy is known. */
async function markOf(file: Uint8Array): Promise<string> {
  const { header } = await inspectObject(bytesSource(file));
  const number = firstText(header, TAG.InstanceNumber) ?? '';
  return [firstText(header, TAG.SOPClassUID), number, String(header[TAG.Rows]?.Value?.[0] ?? '')].join(' ');
}

describe('de-identified copies', () => {
  let folder: string;
  let product: Product;
  let node: StoreScp;
  let orthanc: Orthanc;
  let originals: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-copies-'));
    await Promise.all(['node', 'again', 'results'].map((name) => mkdir(join(folder, name))));
    product = await startProduct({ data: join(folder, 'data') });
    node = await startStoreScp(join(folder, 'node'));
    const plugins = { Plugins: ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so'] };
    orthanc = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort }, 'ORTHANC', {
      config: plugins,
    });
    const slices = await writeStudy(join(folder, 'study'), STUDY);
    originals = [...(await readdir(slices)).map((name) => join(slices, name)), ...FIXTURES];
    expect((await product.fetch('/api/deidentification/nc', { method: 'PUT', ...json(PROFILE) })).status).toBe(200);
    await add({ id: 'node', kind: 'dicom', aeTitle: 'STORESCP', host: '127.0.0.1', port: node.port });
    await add({ id: 'orthanc', kind: 'dicomweb', url: `${orthanc.url}/dicom-web` });
    await rules('node, orthanc');
  });

  afterAll(async () => {
    await product[Symbol.asyncDispose]();
    await orthanc[Symbol.asyncDispose]();
    await node[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const add = async (destination: object) => {
    expect((await product.fetch('/api/destinations', { method: 'POST', ...json(destination) })).status).toBe(201);
  };
  const rules = async (destinations: string) => {
    expect((await product.fetch('/api/rules', { method: 'PUT', body: RULES(destinations) })).status).toBe(200);
  };
  /** With pynetdicom, each as it lies in its file. */
  const send = async () => {
    const job = { host: '127.0.0.1', port: product.dicomPort, ae: product.aeTitle, pdu: 0, files: originals };
    const { stdout, stderr } = await run(PYTHON, [SENDER], { input: JSON.stringify(job) });
    const sent = JSON.parse(stdout) as readonly { readonly status: unknown }[];
    expect(
      sent.filter(({ status }) => !KEPT.has(status)),
      stderr,
    ).toEqual([]);
  };
  const delivered = async (destination: string) => {
    const { queues } = (await (await product.fetch('/api/queues')).json()) as {
      readonly queues: readonly { readonly destination: string; readonly done: number; readonly aside: number }[];
    };
    const queue = queues.find((one) => one.destination === destination);
    return [queue?.done, queue?.aside];
  };
  const inFolder = async (name: string) => {
    const found = new Map<string, Uint8Array>();
    for (const file of await readdir(join(folder, name))) {
      const bytes = await readFile(join(folder, name, file));
      found.set(await markOf(bytes), bytes);
    }
    return found;
  };
  const inOrthanc = async () => {
    const found = new Map<string, Uint8Array>();
    for (const id of (await (await orthanc.get('/instances')).json()) as readonly string[]) {
      const bytes = await (await orthanc.get(`/instances/${id}/file`)).bytes();
      found.set(await markOf(bytes), bytes);
    }
    return found;
  };
  const digests = (files: ReadonlyMap<string, Uint8Array>) =>
    Object.fromEntries([...files].map(([mark, file]) => [mark, sha256(dataSetOf(file))]).toSorted());

  it('arrive by C-STORE and by STOW-RS with the same bytes, while the originals stay as they were', async () => {
    await send();
    await expect.poll(() => delivered('node'), { timeout: 60_000 }).toEqual([originals.length, 0]);
    await expect.poll(() => delivered('orthanc'), { timeout: 60_000 }).toEqual([originals.length, 0]);
    const copies = await inFolder('node');
    expect(copies.size).toBe(originals.length);
    expect(digests(await inOrthanc())).toEqual(digests(copies));
    for (const path of originals) {
      const original = new Uint8Array(await readFile(path));
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = await inspectObject(bytesSource(original));
      const kept = await fetchInstance(product, studyInstanceUid, seriesInstanceUid, sopInstanceUid);
      expect(typeof kept === 'number' ? kept : sha256(dataSetOf(kept)), path).toBe(sha256(dataSetOf(original)));
      expect([...copies.values()].some((copy) => Buffer.from(copy).includes(sopInstanceUid))).toBe(false);
    }
  });

  it.runIf(CONFIDENTIALITY_TABLE !== undefined)(
    'hold to the table, attribute by attribute, with one UID for one UID and references that lead on',
    async () => {
      const cases: object[] = [];
      const [byNode, byOrthanc] = [await inFolder('node'), await inOrthanc()];
      for (const path of originals) {
        const mark = await markOf(new Uint8Array(await readFile(path)));
        for (const [name, copies] of [
          ['node', byNode],
          ['orthanc', byOrthanc],
        ] as const) {
          const result = join(folder, 'results', `${cases.length}-${name}.dcm`);
          await writeFile(result, copies.get(mark) ?? '');
          cases.push({ original: path, result, options: OPTIONS, whole: true, group: 'one' });
        }
      }
      const { stdout, stderr } = await run(PYTHON, [CHECKER], { input: JSON.stringify({ table: CONFIDENTIALITY_TABLE, cases }) });
      const { checked, resolved, faults } = JSON.parse(stdout || JSON.stringify({ faults: stderr }));
      expect(faults).toEqual([]);
      expect(checked).toBeGreaterThan(1500);
      // Each of the study's images but the first leads to the copy of the one before it, by both ways.
      expect(resolved).toBeGreaterThanOrEqual(2 * (STUDY.instances.length - 1));
    },
  );

  it('have the same names, dates and UIDs in a second run, after the server was killed', async () => {
    await killed(product.process);
    await product[Symbol.asyncDispose]();
    product = await startProduct({ data: join(folder, 'data') });
    await using again = await startStoreScp(join(folder, 'again'));
    await add({ id: 'again', kind: 'dicom', aeTitle: 'STORESCP', host: '127.0.0.1', port: again.port });
    await rules('again');
    await send();
    await expect.poll(() => delivered('again'), { timeout: 60_000 }).toEqual([originals.length, 0]);
    expect(digests(await inFolder('again'))).toEqual(digests(await inFolder('node')));
  });
});
