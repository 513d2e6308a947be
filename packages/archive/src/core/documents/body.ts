import { ArchiveError } from '../errors.ts';

/** A body whose first bytes were looked at. */
export interface BegunBody {
  readonly beginning: Uint8Array;
  /** All of it, the beginning included; read once. */
  readonly pieces: AsyncIterable<Uint8Array>;
  cancel(): Promise<void>;
}

/** Reads the first `least` bytes, or all where there are fewer. */
export async function begun(body: ReadableStream<Uint8Array>, least: number): Promise<BegunBody> {
  const reader = body.getReader();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < least) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    // NOTE: a connection's memory is read into again.
    first.push(new Uint8Array(value));
    bytes += value.byteLength;
  }
  const beginning = Buffer.concat(first);
  return { beginning, pieces: rest(beginning, reader), cancel: () => reader.cancel() };
}

async function* rest(beginning: Uint8Array, reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield beginning;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
    }
  } finally {
    await reader.cancel();
  }
}

/** The whole body in memory. @throws ArchiveError `invalid-request` when it is not as long as was said */
export async function wholeBody({ pieces }: BegunBody, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const piece of pieces) {
    if (at + piece.byteLength > length) {
      throw new ArchiveError('invalid-request', `Content-Length: the body has more than the ${length} bytes that were said`);
    }
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  if (at !== length) {
    throw new ArchiveError('invalid-request', `Content-Length: the body has ${at} bytes and not ${length}`);
  }
  return bytes;
}
