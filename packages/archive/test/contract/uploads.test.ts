import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { newBoundary, writeMultipart } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';

interface Upload {
  readonly id: string;
  readonly offset: number;
  readonly outcome?: { readonly status: string; readonly reason?: string };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an instance that is uploaded in pieces', () => {
  let http: TestHttp;
  let file: Uint8Array<ArrayBuffer>;
  let uid: string;

  beforeEach(async () => {
    http = await openTestHttp();
    file = new Uint8Array(objectFile({ study: '1.2.1', sop: '1.2.1.1.1' }));
    uid = '1.2.1.1.1';
  });

  afterEach(async () => {
    await http[Symbol.asyncDispose]();
  });

  const ask = (method: string, path: string, init: RequestInit = {}, as = 'main') => http.ask(path, { ...init, method, as });
  const begin = async (as = 'main', changes: object = {}, headers: Record<string, string> = {}) => {
    const body = JSON.stringify({ sopInstanceUid: uid, length: file.byteLength, sha256: sha256(file), ...changes });
    const response = await ask('POST', '/api/uploads', { body, headers: { 'content-type': 'application/json', ...headers } }, as);
    return { status: response.status, upload: (await response.json()) as Upload };
  };
  const append = async (id: string, offset: number, bytes: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, as = 'main') => {
    const response = await ask(
      'PATCH',
      `/api/uploads/${id}`,
      { body: bytes, headers: { 'upload-offset': String(offset) }, duplex: 'half' } as RequestInit,
      as,
    );
    return { status: response.status, upload: (await response.json()) as Upload };
  };

  it('is stored once its last piece is here, byte for byte, under whom its sender relays for', async () => {
    const { status, upload } = await begin('relay', {}, { 'filmless-source': 'ae=CT01;ip=10.0.0.11;facility=branch' });
    expect({ status, upload }).toMatchObject({ status: 201, upload: { offset: 0, length: file.byteLength } });
    expect(await append(upload.id, 0, file.slice(0, 100), 'relay')).toMatchObject({ status: 200, upload: { offset: 100 } });
    const last = await append(upload.id, 100, file.slice(100), 'relay');
    expect(last).toMatchObject({ status: 200, upload: { offset: file.byteLength, outcome: { status: 'stored' } } });
    const [part] = await partsOf(await http.ask('/studies/1.2.1', { as: 'branch' }));
    expect(Buffer.from(part?.bytes ?? []).equals(file)).toBe(true);
    expect(http.audited.at(-1)).toMatchObject({ action: 'study.store', facility: 'branch', detail: '1 instances from CT01' });
    expect(await readdir(join(http.folder, 'uploads'))).toEqual([`${upload.id}.json`]);
    // Who did not hear the answer asks again.
    expect(await begin('relay', {}, { 'filmless-source': 'ae=CT01;ip=10.0.0.11;facility=branch' })).toMatchObject({
      status: 200,
      upload: { outcome: { status: 'stored' } },
    });
  });

  it('goes on where it stood, also after a restart, and takes nothing at another place', async () => {
    const { upload } = await begin();
    await append(upload.id, 0, file.slice(0, 300));
    expect(await append(upload.id, 100, file.slice(100))).toMatchObject({ status: 409, upload: { offset: 300 } });
    await http.reopen();
    expect(await begin()).toMatchObject({ status: 200, upload: { id: upload.id, offset: 300 } });
    const head = await ask('HEAD', `/api/uploads/${upload.id}`);
    expect([head.headers.get('upload-offset'), head.headers.get('upload-length')]).toEqual(['300', String(file.byteLength)]);
    expect(await append(upload.id, 300, file.slice(300))).toMatchObject({ upload: { outcome: { status: 'stored' } } });
    expect(await begin()).toMatchObject({ upload: { outcome: { status: 'stored' } } });
  });

  it('keeps what came before its line broke', async () => {
    const { upload } = await begin();
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(file.slice(0, 200)),
      pull: (controller) => controller.error(new Error('the line broke')),
    });
    expect(await append(upload.id, 0, broken)).toMatchObject({ status: 409, upload: { offset: 200 } });
    expect(await begin()).toMatchObject({ upload: { offset: 200 } });
  });

  it('cuts off a request that hangs when its sender comes back', async () => {
    const { upload } = await begin();
    const hanging = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(file.slice(0, 200)) });
    const first = append(upload.id, 0, hanging).catch(() => undefined);
    await expect.poll(async () => (await readdir(join(http.folder, 'uploads'))).length).toBe(2);
    let offset = 0;
    await expect
      .poll(async () => {
        const second = await append(upload.id, offset, file.slice(offset));
        offset = second.upload.offset;
        return second.upload.outcome?.status;
      })
      .toBe('stored');
    await first;
  });

  it('is asked for again from the beginning when it is not what was announced', async () => {
    const { upload } = await begin();
    const other = new Uint8Array(file);
    other[200] = (other[200] ?? 0) ^ 1;
    expect(await append(upload.id, 0, other)).toMatchObject({ status: 409, upload: { offset: 0 } });
    expect(await append(upload.id, 0, file)).toMatchObject({ status: 200, upload: { outcome: { status: 'stored' } } });
  });

  it('takes nothing more of who belongs to another facility by now, or no longer relays', async () => {
    const { upload } = await begin();
    await append(upload.id, 0, file.slice(0, 100));
    expect((await append(upload.id, 100, file.slice(100), 'moved')).status).toBe(404);
    expect((await ask('GET', `/api/uploads/${upload.id}`, {}, 'moved')).status).toBe(404);
    expect((await http.ask('/studies/1.2.1')).status).toBe(404);
    expect((await append(upload.id, 100, file.slice(100))).upload.outcome?.status).toBe('stored');
    const relayed = await begin('relay', {}, { 'filmless-source': 'ae=CT01;facility=branch' });
    expect((await append(relayed.upload.id, 0, file.slice(0), 'unrelayed')).status).toBe(403);
    expect((await append(relayed.upload.id, 0, file.slice(0, 10), 'relay')).status).toBe(200);
  });

  it("is nobody else's, and of what is too much nothing is taken", async () => {
    const { upload } = await begin();
    expect((await append(upload.id, 0, file, 'branch')).status).toBe(404);
    expect((await ask('POST', '/api/uploads', {}, 'reader')).status).toBe(403);
    expect((await begin('main', { length: 5 * 2 ** 30 })).status).toBe(413);
    expect((await begin('main', { sha256: 'x' })).status).toBe(400);
    expect((await begin('main', { sopInstanceUid: '../x' })).status).toBe(400);
    const longer = Buffer.concat([file, Buffer.alloc(1000)]);
    expect(await append(upload.id, 0, longer)).toMatchObject({ status: 200, upload: { outcome: { status: 'stored' } } });
    const { upload: given } = await begin('main', { sha256: sha256(longer) });
    expect((await ask('DELETE', `/api/uploads/${given.id}`)).status).toBe(204);
    expect((await ask('GET', `/api/uploads/${given.id}`)).status).toBe(404);
  });

  it('that is no DICOM is refused for good', async () => {
    file = new Uint8Array(1000);
    const { upload } = await begin();
    expect(await append(upload.id, 0, file)).toMatchObject({ upload: { outcome: { status: 'refused', reason: 'broken' } } });
  });
});

describe('a compressed request', () => {
  it('is stored as it was before, and refused where it is no zstd or grows beyond all measure', async () => {
    await using http = await openTestHttp();
    const boundary = newBoundary();
    const file = objectFile({ study: '1.2.7' });
    const body = await new Response(writeMultipart([{ headers: {}, body: file }], boundary)).bytes();
    const post = (bytes: Uint8Array<ArrayBuffer>) =>
      http.ask('/studies', {
        method: 'POST',
        headers: {
          'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
          'content-encoding': 'zstd',
        },
        body: bytes,
      });
    expect((await post(new Uint8Array(zstdCompressSync(body)))).status).toBe(200);
    const [part] = await partsOf(await http.ask('/studies/1.2.7'));
    expect(Buffer.from(part?.bytes ?? []).equals(file)).toBe(true);
    expect((await post(new Uint8Array(body))).status).toBe(400);
    const bomb = zstdCompressSync(Buffer.concat([body.subarray(0, -60), Buffer.alloc(300_000_000)]));
    expect((await post(new Uint8Array(bomb))).status).toBe(413);
  });
});
