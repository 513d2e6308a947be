import { newBoundary, type OutgoingPart, streamOfPieces, writeFileMeta, writeMultipart } from '@filmless/dicom';
import { expect, it } from 'vitest';
import { CountedBuffers } from '../../test/counted-buffers.ts';
import { outgoingBytes } from '../../test/dialogue-double.ts';
import { SECONDARY_CAPTURE, testObject } from '../../test/objects.ts';
import { ArchivedInstances, wholeSeriesOf } from './archived-instances.ts';

const objectOf = (number: number) => testObject(number, { '00204000': { vr: 'LT', Value: ['x'.repeat(9_000 + number)] } });

/** An archive that answers for single instances, and for the series with those it is told. */
function archiveOf(inSeries: readonly (number | Error)[], lost: readonly number[] = []) {
  const asked: string[] = [];
  const cancelled: string[] = [];
  const part = (number: number): OutgoingPart => {
    const { bytes, sopInstanceUid, transferSyntaxUid } = objectOf(number);
    const meta = { mediaStorageSopClassUid: SECONDARY_CAPTURE, mediaStorageSopInstanceUid: sopInstanceUid, transferSyntaxUid };
    let at = 0;
    const file = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          controller.enqueue(bytes.slice(at, at + 3_000));
          at += 3_000;
          if (at >= bytes.byteLength) {
            controller.close();
          }
        },
        cancel: () => void cancelled.push(sopInstanceUid.split('.').at(-1) ?? ''),
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-location': `http://archive/dicom-web/studies/1/series/2/instances/${sopInstanceUid}` };
    return { headers, body: streamOfPieces([writeFileMeta(meta), file]) };
  };
  async function* parts(numbers: readonly (number | Error)[]): AsyncGenerator<OutgoingPart, void, void> {
    for (const number of numbers) {
      if (number instanceof Error) {
        throw number;
      }
      yield part(number);
    }
  }
  const archive = (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname.split('/');
    const [one] = path.includes('instances') ? path.slice(-1) : [];
    const number = Number(one?.split('.').at(-1));
    asked.push(one === undefined ? 'series' : String(number));
    if (lost.includes(number)) {
      return Promise.resolve(new Response(null, { status: 404 }));
    }
    const boundary = newBoundary();
    const headers = { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` };
    return Promise.resolve(new Response(writeMultipart(parts(one === undefined ? inSeries : [number]), boundary), { headers }));
  };
  return { archive, asked, cancelled };
}

/** Opens instances, several at a time, and gives the numbers of those that came whole. */
async function open(
  archive: (request: Request) => Promise<Response>,
  numbers: readonly number[],
  wholeSeries: ConstructorParameters<typeof ArchivedInstances>[1] = true,
) {
  const buffers = new CountedBuffers();
  const instances = new ArchivedInstances({ archive, buffers }, wholeSeries);
  const came: number[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    const some = numbers.slice(at, at + 2);
    const opened = await Promise.allSettled(some.map((number) => instances.open(objectOf(number), undefined)));
    for (const [index, result] of opened.entries()) {
      const number = some[index] ?? 0;
      if (result.status === 'fulfilled') {
        expect((await outgoingBytes(result.value.pieces)).equals(objectOf(number).bytes)).toBe(true);
        await result.value.close();
        came.push(number);
      } else {
        expect(result.reason).toMatchObject({ code: 'not-found' });
      }
    }
  }
  await instances.close();
  expect(buffers.out).toBe(0);
  return came;
}

it('asks for a series at once, byte for byte through buffers that are used again', async () => {
  const { archive, asked, cancelled } = archiveOf([1, 2, 3, 4, 5]);
  expect(await open(archive, [1, 2, 3, 4, 5])).toEqual([1, 2, 3, 4, 5]);
  expect([asked, cancelled]).toEqual([['series'], []]);
});

it('asks for each by itself where it is not whole series', async () => {
  const { archive, asked } = archiveOf([1, 2, 3]);
  expect(await open(archive, [1, 3], false)).toEqual([1, 3]);
  expect(asked).toEqual(['1', '3']);
});

it('passes over what arrived since, and asks by itself for what the series lacks', async () => {
  const { archive, asked, cancelled } = archiveOf([1, 9, 2, 4], [3]);
  expect(await open(archive, [1, 2, 3, 4])).toEqual([1, 2, 4]);
  expect([asked, cancelled]).toEqual([['series', '3'], ['9']]);
});

it('leaves a series that is in another order, lets go of it, and asks for the rest one by one', async () => {
  const { archive, asked, cancelled } = archiveOf([5, 4, 3, 2, 1]);
  expect(await open(archive, [1, 2, 3, 4, 5])).toEqual([1, 2, 3, 4, 5]);
  expect([asked, cancelled]).toEqual([
    ['series', '1', '2', '3', '4', '5'],
    ['5', '4'],
  ]);
});

it('goes on one by one when the series breaks off, so that one instance fails alone', async () => {
  const { archive, asked } = archiveOf([1, 2, new Error('the object is gone')], [3]);
  expect(await open(archive, [1, 2, 3, 4, 5])).toEqual([1, 2, 4, 5]);
  expect(asked).toEqual(['series', '3', '4', '5']);
});

it('asks for each by itself of an archive over a network, whose parts cannot be had before each other', async () => {
  const { archive, asked } = archiveOf([1, 2, 3]);
  const far = async (request: Request) => {
    const { body, headers } = await archive(request);
    return new Response(body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>()), { headers });
  };
  expect(await open(far, [1, 2, 3])).toEqual([1, 2, 3]);
  expect(asked).toEqual(['series', '1', '2', '3']);
});

it('asks for the series ahead of the first, and lets go of it where nothing is opened', async () => {
  const { archive, asked, cancelled } = archiveOf([1, 2]);
  const buffers = new CountedBuffers();
  const instances = new ArchivedInstances({ archive, buffers }, true);
  instances.begin(objectOf(1));
  await expect.poll(() => asked).toEqual(['series']);
  const first = await instances.open(objectOf(1), undefined);
  expect((await outgoingBytes(first.pieces)).equals(objectOf(1).bytes)).toBe(true);
  await first.close();
  await instances.close();
  expect(asked).toEqual(['series']);
  const unused = new ArchivedInstances({ archive, buffers }, true);
  unused.begin(objectOf(1));
  await unused.close();
  expect([asked, cancelled]).toEqual([['series', 'series'], ['1']]);
  expect(buffers.out).toBe(0);
});

it('asks for the series of which much is to go out, and for the others one by one', async () => {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
  const many = archiveOf(numbers);
  expect(await open(many.archive, numbers, wholeSeriesOf(numbers.map(objectOf)))).toEqual(numbers);
  expect(many.asked).toEqual(['series']);
  const few = archiveOf(numbers);
  expect(await open(few.archive, [1, 2], wholeSeriesOf([objectOf(1), objectOf(2)]))).toEqual([1, 2]);
  expect(few.asked).toEqual(['1', '2']);
});
