// needs: python
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bytesSource, firstText, inspectObject, readFileMeta } from '@filmless/dicom';
import { sendFiles } from '@filmless/dicom-router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deidentification } from '../../../dicom-router/src/derive/deidentification.ts';
import { type DerivedInstance, derive } from '../../../dicom-router/src/derive/derive.ts';
import { openArchivedFile } from '../../../dicom-router/src/destinations/part10.ts';
import { CountedBuffers } from '../../../dicom-router/test/counted-buffers.ts';
import { stow } from '../support/facilities.ts';
import { CORPUS, type Product, ROOT, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';

/* Copies made of what a real archive holds, transcodes and sends; pydicom decodes original and copy. */

const AREA = [3, 2, 20, 9] as const;
const EXPLICIT = '1.2.840.10008.1.2.1';

const profile = { name: 'p', options: [], regions: [{ when: {}, areas: [AREA] }] };
const deidentification = new Deidentification(Buffer.alloc(32, 3), [profile]);

const FIXTURES: readonly string[] = [
  'modality/ct/CT_small.dcm',
  'codec/rle/SC_rgb_rle_2frame.dcm',
  'codec/jpeg/SC_rgb_dcmtk_eb_cr.dcm',
].map((name) => join(ROOT, 'fixtures/files', name));
const IN_CORPUS: readonly string[] = [
  'codec/wg04/CT1_JLSL.dcm',
  'codec/wg04/CT2_J2KR.dcm',
  'codec/wg04/MR4_JPH.dcm',
  'codec/wg04/CT1_UNC_explicit_big_endian.dcm',
].flatMap((name) => (CORPUS === undefined ? [] : join(CORPUS, name)));
const FILES = [...FIXTURES, ...IN_CORPUS].filter((file) => existsSync(file));

let product: Product;
let folder: string;
beforeAll(async () => {
  product = await startProduct();
  folder = await mkdtemp(join(tmpdir(), 'derived-'));
});
afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function copyOf(file: Uint8Array<ArrayBuffer>, deidentify: string, wanted?: string): Promise<DerivedInstance> {
  const { header, transferSyntax } = await inspectObject(bytesSource(file));
  const instance = {
    studyInstanceUid: firstText(header, '0020000D') ?? '',
    seriesInstanceUid: firstText(header, '0020000E') ?? '',
    sopInstanceUid: firstText(header, '00080018') ?? '',
    sopClassUid: firstText(header, '00080016') ?? '',
    transferSyntaxUid: transferSyntax.uid,
  };
  const archive = ({ url, headers, signal }: Request) => product.fetch(new URL(url).pathname, { headers, signal });
  const reading = { archive, buffers: new CountedBuffers() };
  const open = (syntax: string | undefined) => openArchivedFile(reading, instance, syntax);
  return await derive({ open, deidentification, coercion: { system: 'FILMLESS', source: '' } }, instance, { deidentify }, wanted);
}

async function written(derived: DerivedInstance, path: string): Promise<Buffer> {
  const parts: Uint8Array[] = [derived.fileMeta];
  for await (const part of derived.bytes) {
    parts.push(Buffer.from(part));
  }
  await derived.close();
  const bytes = Buffer.concat(parts);
  await writeFile(path, bytes);
  return bytes;
}

describe('what a rule sends de-identified', () => {
  it('lies in a folder, says nothing of the patient, and the original stays as it was', async () => {
    const target = await mkdtemp(join(folder, 'out-'));
    const json = (method: string, body: unknown) => ({
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const rules = 'rules: [{ name: r, then: [{ deidentify: nc }, { set: { InstitutionName: Viện } }, { send: out }] }]';
    const regions = [{ when: {}, areas: [] }];
    const profileOf = json('PUT', { options: [], pseudonymPrefix: 'NC-', regions });
    expect((await product.fetch('/api/deidentification/nc', profileOf)).status).toBe(200);
    const destination = { kind: 'folder', id: 'out', path: target, enabled: true };
    expect((await product.fetch('/api/destinations', json('POST', destination))).status).toBe(201);
    const put = { method: 'PUT', headers: { 'content-type': 'application/yaml' }, body: rules };
    expect((await product.fetch('/api/rules', put)).status).toBe(200);

    const file = new Uint8Array(await readFile(join(ROOT, 'fixtures/files/codec/mr_small/MR_small_RLE.dcm')));
    const { header } = await inspectObject(bytesSource(file));
    const sent = { host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'MR01' };
    expect(await sendFiles(sent, one(file))).toEqual({ sent: 1, refused: [] });
    const [name = ''] = await filesBelow(target);
    const copy = await readFile(join(target, name));
    const read = await inspectObject(bytesSource(copy));
    expect(firstText(read.header, '00100020')).toMatch(/^NC-[0-9A-Z]{12}$/);
    expect(firstText(read.header, '00080080')).toBe('Viện');
    expect(firstText(read.header, '00120062')).toBe('YES');
    for (const tag of ['00100010', '00080018', '0020000D']) {
      expect(copy.includes(firstText(header, tag) ?? '')).toBe(false);
    }
    expect((await product.fetch('/api/rules', { ...put, body: 'rules: []' })).status).toBe(200);
  });
});

async function* one(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}

/** Paths below a folder, once there are any. */
async function filesBelow(target: string): Promise<readonly string[]> {
  for (;;) {
    const entries = await readdir(target, { recursive: true, withFileTypes: true });
    const found = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'));
    if (found.length > 0) {
      return found.map((entry) => relative(target, join(entry.parentPath, entry.name)));
    }
    await setTimeout(50);
  }
}

describe('a copy of an archived image', () => {
  it.each(FILES)('%s is black where a rule says so and unchanged elsewhere, the same each time', async (path) => {
    const file = new Uint8Array(await readFile(path));
    expect((await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) })).status).toBe(200);
    const target = join(folder, 'copy.dcm');
    const bytes = await written(await copyOf(file, 'p'), target);
    const [x, y, width, height] = AREA;
    const answer = await run(PYTHON, [
      join(import.meta.dirname, 'python/compare_areas.py'),
      path,
      target,
      ...[x, y, width, height].map(String),
    ]);
    const said: unknown = JSON.parse(answer.stdout);
    expect(said).toEqual({ inside: [expect.any(Number)], outside: 0, transferSyntax: EXPLICIT, burnedIn: 'NO' });
    expect((await written(await copyOf(file, 'p'), target)).equals(bytes)).toBe(true);
    expect(readFileMeta(bytes).meta.transferSyntaxUid).toBe(EXPLICIT);
  });
});
