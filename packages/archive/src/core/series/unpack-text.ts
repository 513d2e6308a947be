import { constants, inflateRaw, zstdDecompress } from 'node:zlib';
import type { SeriesText, TextForm } from './series-texts.ts';

/** The text of a series between its brackets, unpacked on another thread, in memory of its own; undefined for one that was damaged. */
export async function unpackText({ bytes, textBytes }: SeriesText, form: TextForm): Promise<Buffer<ArrayBuffer> | undefined> {
  // With the brackets, in one form.
  const maxOutputLength = textBytes + 2;
  // NOTE: one byte more, so that all of it comes as one piece: a full one is followed by another, and both are copied into a third.
  const chunkSize = Math.max(constants.Z_MIN_CHUNK, maxOutputLength + 1);
  const unpacked = await new Promise<Buffer<ArrayBuffer> | undefined>((resolve) => {
    const done = (error: Error | null, result: Buffer<ArrayBuffer>): void => resolve(error === null ? result : undefined);
    if (form === 'zstd') {
      zstdDecompress(bytes, { maxOutputLength, chunkSize }, done);
    } else {
      inflateRaw(bytes, { maxOutputLength, chunkSize, finishFlush: constants.Z_SYNC_FLUSH }, done);
    }
  });
  const text = form === 'zstd' ? unpacked?.subarray(1, -1) : unpacked;
  return text?.byteLength === textBytes ? text : undefined;
}
