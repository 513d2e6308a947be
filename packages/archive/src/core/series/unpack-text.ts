import { constants, inflateRaw, zstdDecompress } from 'node:zlib';
import type { SeriesText, TextForm } from './series-texts.ts';

/** The text of a series between its brackets, unpacked on another thread; undefined for one that was damaged. */
export async function unpackText({ bytes, textBytes }: SeriesText, form: TextForm): Promise<Buffer | undefined> {
  // With the brackets, in one form.
  const maxOutputLength = textBytes + 2;
  const unpacked = await new Promise<Buffer | undefined>((resolve) => {
    const done = (error: Error | null, result: Buffer): void => resolve(error === null ? result : undefined);
    if (form === 'zstd') {
      zstdDecompress(bytes, { maxOutputLength }, done);
    } else {
      inflateRaw(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }, done);
    }
  });
  const text = form === 'zstd' ? unpacked?.subarray(1, -1) : unpacked;
  return text?.byteLength === textBytes ? text : undefined;
}
