import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, writeDataSet, writeFileMeta } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Product, startProduct } from '../support/product.ts';

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

const object = (number: number, service: string): Buffer => {
  const sopInstanceUid = `2.25.77.1.${number}`;
  const uid = (value: string) => ({ vr: 'UI' as const, Value: [value] });
  const dataSet: DataSet = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080016': uid(SECONDARY_CAPTURE),
    '00080018': uid(sopInstanceUid),
    '00080060': { vr: 'CS', Value: ['OT'] },
    '00100020': { vr: 'LO', Value: ['P77'] },
    '0020000D': uid('2.25.77'),
    '0020000E': uid('2.25.77.1'),
    '00321033': { vr: 'LO', Value: [service] },
  };
  const meta = writeFileMeta({
    mediaStorageSopClassUid: SECONDARY_CAPTURE,
    mediaStorageSopInstanceUid: sopInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return Buffer.concat([meta, writeDataSet(dataSet, { explicitVr: true })]);
};

describe('routing by rules, in a whole server', () => {
  let folder: string;
  let product: Product;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-routing-'));
    await mkdir(join(folder, 'out'));
    product = await startProduct({ data: join(folder, 'data') });
  });

  afterEach(async () => {
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const json = (method: string, body: unknown): RequestInit => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const stow = async (bytes: Buffer) => {
    const headers = { 'content-type': 'application/dicom' };
    return (await product.fetch('/dicom-web/studies', { method: 'POST', headers, body: new Uint8Array(bytes) })).status;
  };
  const arrived = async () => (await readdir(join(folder, 'out'), { recursive: true })).filter((name) => name.endsWith('.dcm'));

  it('sends on what a person uploads, by its header, through a kill -9 right after the upload was answered', async () => {
    const destination = { id: 'out', kind: 'folder', path: join(folder, 'out'), names: 'uids' };
    expect((await product.fetch('/api/destinations', json('POST', destination))).status).toBe(201);
    const rules = 'rules:\n  - { name: ngoai, when: { tags: { RequestingService: "khoa ngoai*" } }, then: [{ send: out }] }\n';
    expect((await product.fetch('/api/rules', { method: 'PUT', body: rules })).status).toBe(200);
    for (let number = 1; number <= 20; number += 1) {
      expect(await stow(object(number, number % 2 === 0 ? 'Khoa Ngoại tổng hợp' : 'Khoa Nội'))).toBe(200);
    }
    product.process.kill('SIGKILL');
    await new Promise((resolve) => product.process.once('exit', resolve));
    product = await startProduct({ data: join(folder, 'data') });
    await expect.poll(async () => (await arrived()).length, { timeout: 20_000 }).toBe(10);
    const test = await product.fetch('/api/rules/test', json('POST', { studyInstanceUid: '2.25.77', user: 'admin' }));
    expect(await test.json()).toMatchObject({
      instances: 20,
      groups: expect.arrayContaining([
        expect.objectContaining({ instances: 10, onArrival: [expect.objectContaining({ destination: 'out', rule: 'ngoai' })] }),
        expect.objectContaining({ instances: 10, onArrival: [] }),
      ]),
    });
  });
});
