import { pipeline } from 'node:stream/promises';
import { createZstdCompress, constants as zlib } from 'node:zlib';
import { messageOf, RouterError } from '../../errors.ts';
import type { Delivery } from '../../records/deliveries.ts';
import { fileBytes, type OpenFile } from '../part10.ts';
import type { SendOutcome } from '../send-instances.ts';

/** Compressing is quicker than any line it pays on: 100 MB a second and more. */
const ZSTD_LEVEL = 3;

/** A delivery, and the study and series it went out in. */
export interface SentInstance {
  readonly delivery: Delivery;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

/** What is being sent in one request. */
export interface StowBody {
  /** The multipart body; read once. */
  readonly bytes: AsyncGenerator<Uint8Array, void, void>;
  /** Those whose bytes went out whole, by the SOP Instance UID they went out under. */
  readonly sent: ReadonlyMap<string, SentInstance>;
  /** Those that could not be had, and why. */
  readonly unsent: ReadonlyMap<Delivery, SendOutcome>;
  /** The one that broke off in the middle, which ends the request. */
  readonly broken: Delivery | undefined;
}

/** Instances of one request, opened one after the other as their turn comes. RFC 2046 5.1.1, PS3.18 10.5.1.2. */
export function stowBody(deliveries: readonly Delivery[], openFile: OpenFile, boundary: string, signal: AbortSignal): StowBody {
  const sent = new Map<string, SentInstance>();
  const unsent = new Map<Delivery, SendOutcome>();
  let broken: Delivery | undefined;
  const openOne = (delivery: Delivery | undefined) =>
    delivery === undefined
      ? Promise.resolve(undefined)
      : openFile(delivery, signal).catch((error: unknown) => {
          unsent.set(delivery, notOpened(error));
          return undefined;
        });
  async function* parts(): AsyncGenerator<Uint8Array, void, void> {
    // The next is opened while one is under way.
    let next = openOne(deliveries[0]);
    try {
      for (const [index, delivery] of deliveries.entries()) {
        const file = await next;
        next = openOne(deliveries[index + 1]);
        if (file === undefined) {
          continue;
        }
        try {
          yield opening(boundary, sent.size > 0);
          yield* fileBytes(file);
          const { sopInstanceUid, studyInstanceUid, seriesInstanceUid } = file;
          sent.set(sopInstanceUid, { delivery, studyInstanceUid, seriesInstanceUid });
        } catch (error) {
          broken = delivery;
          throw error;
        } finally {
          await file.close();
        }
      }
      if (sent.size > 0) {
        yield Buffer.from(`\r\n--${boundary}--\r\n`);
      }
    } finally {
      await (await next)?.close();
    }
  }
  return {
    bytes: parts(),
    sent,
    unsent,
    get broken() {
      return broken;
    },
  };
}

/** NOTE: without the transfer syntax, which the file names: Orthanc 1.10 leaves out a part whose type has parameters, and answers 200. */
function opening(boundary: string, follows: boolean): Uint8Array {
  return Buffer.from(`${follows ? '\r\n' : ''}--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
}

/** What becomes of a delivery that cannot be had from the archive, or made of what it has. */
export function notOpened(error: unknown): SendOutcome {
  const never = error instanceof RouterError && ['not-found', 'not-acceptable', 'not-derivable'].includes(error.code);
  return { kind: never ? 'aside' : 'again', problem: messageOf(error) };
}

/** NOTE: what is compressed is held until there is enough of it; the memory of a piece may be used again before. */
async function* held(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for await (const piece of bytes) {
    yield new Uint8Array(piece);
  }
}

/** The same bytes compressed, as `Content-Encoding: zstd` has them. RFC 8878. */
export async function* zstdCompressed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const compress = createZstdCompress({ params: { [zlib.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
  const writing = pipeline(held(bytes), compress);
  // Its failure is the reader's: the stream it reads breaks with it.
  writing.catch(() => undefined);
  try {
    yield* compress as AsyncIterable<Uint8Array>;
    await writing;
  } finally {
    compress.destroy();
  }
}
