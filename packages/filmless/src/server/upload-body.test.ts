import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isUpload, uploadBody } from './upload-body.ts';

const own = (...bytes: number[]): Buffer => {
  const chunk = Buffer.allocUnsafeSlow(bytes.length);
  chunk.set(bytes);
  return chunk;
};

async function readInto(stream: ReadableStream<Uint8Array>, memory: number): Promise<number[]> {
  const reader = stream.getReader({ mode: 'byob' });
  const read: number[] = [];
  for (let buffer = new ArrayBuffer(memory); ; ) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) {
      return read;
    }
    read.push(...value);
    buffer = value.buffer;
  }
}

describe('the body of an upload', () => {
  it('comes into the memory of its reader, however small that is, and its own is given back', async () => {
    for (const memory of [1, 2, 3, 64]) {
      const chunks = [own(1, 2, 3), own(), own(4), own(5, 6, 7, 8, 9)];
      expect(await readInto(uploadBody(Readable.from(chunks, { objectMode: false })), memory)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9,
      ]);
    }
    const chunk = own(1, 2, 3);
    await readInto(uploadBody(Readable.from([chunk], { objectMode: false })), 64);
    expect(chunk.buffer.byteLength).toBe(0);
  });

  it('leaves memory alone that is shared with others', async () => {
    const both = own(1, 2, 3, 4);
    expect(await readInto(uploadBody(Readable.from([both.subarray(0, 2)], { objectMode: false })), 64)).toEqual([1, 2]);
    expect([...both]).toEqual([1, 2, 3, 4]);
  });

  it('can be read by whoever brings no memory', async () => {
    const response = new Response(uploadBody(Readable.from([own(1, 2), own(3)], { objectMode: false })));
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  it('fails with the connection', async () => {
    const broken = new Readable({ read: () => undefined });
    const reading = readInto(uploadBody(broken), 8);
    broken.destroy(new Error('connection lost'));
    await expect(reading).rejects.toThrow('connection lost');
  });

  it('is what DICOM comes in', () => {
    const type = (value: string | undefined, method = 'POST') =>
      isUpload({ method, headers: { 'content-type': value } } as unknown as Parameters<typeof isUpload>[0]);
    expect(['multipart/related; boundary=x', 'Multipart/Related', 'application/dicom'].map((value) => type(value))).toEqual([
      true,
      true,
      true,
    ]);
    expect([type('application/dicom+json'), type('application/json'), type(undefined), type('multipart/related', 'GET')]).toEqual(
      [false, false, false, false],
    );
  });
});
