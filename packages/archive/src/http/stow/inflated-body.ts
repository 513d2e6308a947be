import { pipeline, Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createZstdDecompress, constants as zlib } from 'node:zlib';
import { ArchiveError } from '../../core/errors.ts';

/** What a compressed body may grow to whatever its length; beyond that as many times its length. Empty images are a thousand times shorter. */
const MAX_PLAIN_BYTES = 256 * 1024 * 1024;
const MAX_EXPANSION = 200;
/** The memory a compressor may make us keep: 2 to this power, 8 MiB. RFC 8878 3.1.1.1.2. */
const WINDOW_LOG = 23;

/**
 * A body that was compressed by zstd, as it was before. RFC 8878, 9659.
 * It fails with ArchiveError `limit-exceeded` when it grows beyond all measure, `invalid-request` when it is not zstd.
 */
export function inflatedBody(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let taken = 0;
  let given = 0;
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, controller) => {
        taken += piece.byteLength;
        // NOTE: the piece is nobody else's once it is passed on: a connection's memory is read into again.
        controller.enqueue(new Uint8Array(piece));
      },
    }),
  );
  const inflate = createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: WINDOW_LOG } });
  // Its failure is that of the stream it ends in, which is read.
  pipeline(Readable.fromWeb(nodeStream(counted)), inflate, () => undefined);
  const pieces: AsyncIterator<Uint8Array> = inflate[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await pieces.next().catch((error: unknown) => {
          throw faultOf(error);
        });
        if (next.done === true) {
          controller.close();
          return;
        }
        given += next.value.byteLength;
        if (given > MAX_PLAIN_BYTES && given > taken * MAX_EXPANSION) {
          inflate.destroy();
          throw new ArchiveError('limit-exceeded', `the body grows to more than ${MAX_EXPANSION} times its length`);
        }
        controller.enqueue(next.value);
      },
      cancel: () => {
        inflate.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** What zstd finds wrong is the sender's fault; what else breaks off is the connection's. */
function faultOf(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // The last is of a body that ends in the middle of what zstd makes.
  return code.startsWith('ZSTD_') || code === 'Z_BUF_ERROR'
    ? new ArchiveError('invalid-request', 'Content-Encoding: the body is not what zstd makes.', { cause: error })
    : error;
}

/** NOTE: Node's declaration of a web stream is another than that of the web. */
function nodeStream(stream: ReadableStream<Uint8Array>): NodeReadableStream<Uint8Array> {
  return stream as NodeReadableStream<Uint8Array>;
}
