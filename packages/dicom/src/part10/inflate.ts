import { DicomError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Bounds on a deflated data set, which is inflated in memory: both must hold. */
export interface InflateLimits {
  readonly maxInflatedBytes: number;
  /** Inflated to deflated, once there are more than 16 MiB: images of real patients stay below, bombs reach 1,032. */
  readonly maxInflateRatio: number;
}

const RATIO_FROM_BYTES = 16 * 1024 * 1024;
const WINDOW_BYTES = 256 * 1024;

/**
 * Bytes that may stand behind the deflate stream, in order of trial: none, the padding to even length, the checksums that
 * writers of gzip and zlib streams leave there, with and without padding.
 */
const TRAILING_BYTES = [0, 1, 8, 9, 4, 5];

/**
 * Inflates a source from `offset` to its end, behind `head`. PS3.5 A.5.
 * @throws DicomError `invalid-element` for a corrupt stream, `limit-exceeded`
 */
export async function inflate(source: ByteSource, offset: number, head: Uint8Array, limits: InflateLimits): Promise<Uint8Array> {
  let failure: unknown;
  for (const trailing of TRAILING_BYTES) {
    try {
      return await inflateRange(source, offset, Math.max(offset, source.size - trailing), head, limits);
    } catch (error) {
      if (!(error instanceof CorruptStream)) {
        throw error;
      }
      failure = error.cause;
    }
  }
  throw new DicomError('invalid-element', 'the deflated data set is corrupt or cut off', { cause: failure });
}

/** The platform refuses a stream with bytes behind its end as it does a corrupt one. */
class CorruptStream extends Error {}

async function inflateRange(
  source: ByteSource,
  start: number,
  end: number,
  head: Uint8Array,
  limits: InflateLimits,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [head];
  let total = head.length;
  const reader = windows(source, start, end).pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (let result = await next(reader); !result.done; result = await next(reader)) {
      total += result.value.length;
      if (total > limits.maxInflatedBytes || (total > RATIO_FROM_BYTES && total > (end - start) * limits.maxInflateRatio)) {
        throw new DicomError(
          'limit-exceeded',
          `${end - start} deflated bytes inflate to more than ${total}: at most ${limits.maxInflatedBytes}, and ${limits.maxInflateRatio} times as many, are taken`,
        );
      }
      chunks.push(result.value);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<
  { readonly done: false; readonly value: Uint8Array } | { readonly done: true; readonly value?: Uint8Array | undefined }
> {
  try {
    return await reader.read();
  } catch (error) {
    throw new CorruptStream('not a deflate stream', { cause: error });
  }
}

function windows(source: ByteSource, start: number, end: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = start;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        const bytes = at < end ? await source.read(at, Math.min(WINDOW_BYTES, end - at)) : new Uint8Array();
        if (bytes.length === 0) {
          controller.close();
          return;
        }
        at += bytes.length;
        controller.enqueue(new Uint8Array(bytes));
      },
    },
    { highWaterMark: 0 },
  );
}
