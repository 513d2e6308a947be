import { newBoundary, writeFileMeta, writeMultipart } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { CountedBuffers } from '../../test/counted-buffers.ts';
import { outgoingBytes } from '../../test/dialogue-double.ts';
import { SECONDARY_CAPTURE, testObject } from '../../test/objects.ts';
import { openArchived, type ReadArchive } from './archive-reader.ts';

const object = testObject(1);
const meta = (transferSyntaxUid = object.transferSyntaxUid) =>
  writeFileMeta({
    mediaStorageSopClassUid: SECONDARY_CAPTURE,
    mediaStorageSopInstanceUid: object.sopInstanceUid,
    transferSyntaxUid,
  });
const file = Buffer.concat([meta(), object.bytes]);

/** A body that comes in pieces of a few bytes. */
function trickle(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.slice(offset, offset + size));
      offset += size;
      if (offset >= bytes.byteLength) {
        controller.close();
      }
    },
  });
}

function multipart(bytes: Uint8Array, size: number): Response {
  const boundary = newBoundary();
  const parts = async function* () {
    yield { headers: { 'content-type': 'application/dicom' }, body: trickle(bytes, size) };
  };
  return new Response(writeMultipart(parts(), boundary), {
    headers: { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
  });
}

const read = async (archive: ReadArchive, transferSyntaxUid?: string): Promise<Buffer> => {
  const archived = await openArchived({ archive, buffers: new CountedBuffers() }, object, transferSyntaxUid);
  expect(archived.transferSyntaxUid).toBe(transferSyntaxUid ?? object.transferSyntaxUid);
  return await outgoingBytes(archived.pieces);
};

describe('reading an archived instance', () => {
  it.each([1, 7, 100_000])('gives the stored data set, byte for byte, in pieces of %i', async (size) => {
    let asked: Request | undefined;
    const bytes = await read((request) => {
      asked = request;
      return Promise.resolve(multipart(file, size));
    });
    expect(bytes.equals(object.bytes)).toBe(true);
    expect(asked?.headers.get('accept')).toBe('multipart/related; type="application/dicom"; transfer-syntax=*');
    expect(new URL(asked?.url ?? '').pathname).toBe('/dicom-web/studies/2.25.100/series/2.25.100.1/instances/2.25.100.1.1');
  });

  it('asks for another transfer syntax, and tells which one came', async () => {
    const implicit = '1.2.840.10008.1.2';
    let asked: Request | undefined;
    const bytes = await read((request) => {
      asked = request;
      return Promise.resolve(multipart(Buffer.concat([meta(implicit), object.bytes]), 50));
    }, implicit);
    expect(asked?.headers.get('accept')).toBe(`multipart/related; type="application/dicom"; transfer-syntax=${implicit}`);
    expect(bytes.equals(object.bytes)).toBe(true);
  });

  it('tells that what it had begun broke off', async () => {
    const broken = ReadableStream.from(
      (async function* () {
        yield file;
        throw new Error('disk');
      })(),
    );
    const headers = { 'content-type': 'application/dicom' };
    const archive = () => Promise.resolve(new Response(broken, { headers }));
    await expect(read(archive)).rejects.toMatchObject({ code: 'archive', message: 'the archive broke off: disk' });
  });

  it('takes a body that is the file itself', async () => {
    const fetch = () => Promise.resolve(new Response(file, { headers: { 'content-type': 'application/dicom' } }));
    expect((await read(fetch)).equals(object.bytes)).toBe(true);
  });

  it.each<[string, () => Promise<Response>, string]>([
    ['is gone', () => Promise.resolve(new Response(null, { status: 404 })), 'not-found'],
    ['fails', () => Promise.resolve(new Response('no', { status: 503 })), 'archive'],
    ['cannot be had in that syntax', () => Promise.resolve(new Response('no', { status: 406 })), 'not-acceptable'],
    ['cannot be reached', () => Promise.reject(new Error('refused')), 'archive'],
    ['is no file', () => Promise.resolve(multipart(file.subarray(0, 140), 50)), 'archive'],
    [
      'has no part',
      () => Promise.resolve(new Response('--x--\r\n', { headers: { 'content-type': 'multipart/related; boundary=x' } })),
      'archive',
    ],
  ])('says so when it %s', async (_, fetch, code) => {
    await expect(read(fetch)).rejects.toMatchObject({ code });
  });
});
