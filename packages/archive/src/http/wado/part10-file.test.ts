import { readFileMeta } from '@filmless/dicom';
import { expect, test } from 'vitest';
import type { StoredInstance } from '../../core/model.ts';
import { readPart10File } from './part10-file.ts';

const DATA_SET = Uint8Array.from({ length: 300 }, (_, i) => i % 256);

function storeOf(file: Uint8Array, chunk: number) {
  const read = (_: StoredInstance, { range }: { readonly range?: { readonly offset: number; readonly length: number } }) => {
    const part = file.subarray(range?.offset ?? 0, (range?.offset ?? 0) + (range?.length ?? file.length));
    const chunks = Array.from({ length: Math.ceil(part.length / chunk) }, (__, i) => part.subarray(i * chunk, (i + 1) * chunk));
    return Promise.resolve(ReadableStream.from<Uint8Array>(chunks));
  };
  return { read };
}

function instanceOf(file: Uint8Array): StoredInstance {
  return {
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.4',
    sopInstanceUid: '1.2.5',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.2',
    instanceNumber: 1,
    frameCount: 0,
    facility: 'main',
    size: file.length,
    dataSetOffset: file.length - DATA_SET.length,
    sha256: '00',
    receivedAt: '2026-01-01T00:00:00Z',
    objectKey: 'a',
    inflatedKey: null,
  };
}

async function retrieved(file: Uint8Array, chunk: number): Promise<Uint8Array> {
  const stream = await readPart10File(storeOf(file, chunk), instanceOf(file));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

test.each([1, 100, 4096])('a Part 10 file comes as it is, in chunks of %i', async (chunk) => {
  const file = Uint8Array.of(...new Uint8Array(128).fill(7), ...Buffer.from('DICM'), 9, 9, ...DATA_SET);
  expect(await retrieved(file, chunk)).toEqual(file);
});

test.each([
  ['with nothing before its data set', []],
  ['with file meta information but no preamble', [2, 0, 0x10, 0, 0x55, 0x49, 4, 0, 0x31, 0x2e, 0x32, 0]],
])('an object that came %s is completed, its data set unchanged', async (_, before) => {
  const answer = await retrieved(Uint8Array.of(...before, ...DATA_SET), 100);
  const { meta, dataSetOffset } = readFileMeta(answer);
  expect(meta).toMatchObject({ mediaStorageSopInstanceUid: '1.2.5', transferSyntaxUid: '1.2.840.10008.1.2.2' });
  expect(answer.subarray(dataSetOffset)).toEqual(DATA_SET);
});

test.each([true, false])('a reader that goes away ends the reading, also before it has read (%s)', async (reads) => {
  const file = Uint8Array.of(...new Uint8Array(128), ...Buffer.from('DICM'), ...DATA_SET);
  let ended = false;
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(file.slice()),
    cancel: () => {
      ended = true;
    },
  });
  const stream = await readPart10File({ read: () => Promise.resolve(source) }, instanceOf(file));
  const reader = stream.getReader();
  if (reads) {
    await reader.read();
  }
  await reader.cancel();
  expect(ended).toBe(true);
});
