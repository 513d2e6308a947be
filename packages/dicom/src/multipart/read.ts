import { DicomError } from '../errors.ts';
import { Delimiter } from './delimiter.ts';
import { type LentPieces, lend, lentPieces } from './lent-pieces.ts';
import { Scanner } from './scanner.ts';

/** Bounds on a multipart body; each is refused with `limit-exceeded` when passed. */
export interface MultipartLimits {
  /** Header lines of one part. */
  readonly maxHeaderBytes: number;
  readonly maxParts: number;
  /** Body of one part. */
  readonly maxPartBytes: number;
  /** What stands before the first delimiter, and again what stands after the last. */
  readonly maxPreambleBytes: number;
}

export const DEFAULT_MULTIPART_LIMITS: MultipartLimits = {
  maxHeaderBytes: 16 * 1024,
  maxParts: 100_000,
  maxPartBytes: 16 * 1024 ** 3,
  maxPreambleBytes: 64 * 1024,
};

/** One part of a multipart body. */
export interface Part {
  /** Names in lower case; a repeated header's values joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** To be read, cancelled or left alone before the next part is asked for: what is left is then skipped. */
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * Reads a multipart body part by part, as it arrives; nothing is read ahead of what is asked for. Leaving the loop cancels
 * the rest of `body`. Chunks of `body` may change once the next is asked for; what a part's body gives then does, too. RFC 2046 5.1, RFC 2387, PS3.18 8.6.1.2.
 * @throws DicomError `invalid-multipart`, `limit-exceeded`; while a part's body is read, its stream fails with the same
 */
export async function* readMultipart(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  limits: MultipartLimits = DEFAULT_MULTIPART_LIMITS,
): AsyncGenerator<Part, void, void> {
  const source = lentPieces(body);
  try {
    const scanner = new Scanner(source, new Delimiter(boundary));
    await skip(scanner, limits.maxPreambleBytes, 'the text before the first part');
    for (let count = 0; !scanner.closed; count += 1) {
      if (count >= limits.maxParts) {
        throw new DicomError('limit-exceeded', `more than ${limits.maxParts} parts in one multipart body`);
      }
      const headers = parseHeaders(await scanner.headers(limits.maxHeaderBytes));
      const part = new PartReader(scanner, limits.maxPartBytes);
      yield { headers, body: part.stream() };
      await part.finish();
    }
    // Read to its end, as HTTP keeps a connection only then.
    await skipRest(source, limits.maxPreambleBytes);
  } finally {
    // Not awaited: a sender that has stopped sending must not hold up whoever has heard enough.
    void source.return?.().catch(() => undefined);
  }
}

async function skip(scanner: Scanner, maxBytes: number, what: string): Promise<void> {
  let bytes = 0;
  for (let run = await scanner.run(); run !== undefined; run = await scanner.run()) {
    bytes += run.length;
    if (bytes > maxBytes) {
      throw new DicomError('limit-exceeded', `${what} is longer than ${maxBytes} bytes`);
    }
  }
}

async function skipRest(source: LentPieces, maxBytes: number): Promise<void> {
  for (let bytes = 0; bytes <= maxBytes; ) {
    const { done, value } = await source.next();
    if (done === true) {
      return;
    }
    bytes += value.length;
  }
}

/** The bytes of one part, read by its stream or skipped, one run at a time. */
class PartReader {
  readonly #scanner: Scanner;
  readonly #maxBytes: number;
  #bytes = 0;
  #ended = false;
  #reading: Promise<Uint8Array | undefined> = Promise.resolve(undefined);

  constructor(scanner: Scanner, maxBytes: number) {
    this.#scanner = scanner;
    this.#maxBytes = maxBytes;
  }

  stream(): ReadableStream<Uint8Array> {
    let begun = false;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          begun = true;
          const run = await this.#run();
          if (run === undefined) {
            controller.close();
          } else {
            controller.enqueue(run);
          }
        },
      },
      { highWaterMark: 0 },
    );
    return lend(stream, () => (begun ? undefined : this.#pieces()));
  }

  /** NOTE: leaving them leaves the rest to `finish`. */
  async *#pieces(): AsyncGenerator<Uint8Array, void, void> {
    for (let run = await this.#run(); run !== undefined; run = await this.#run()) {
      yield run;
    }
  }

  /** Skips what the stream's reader left, so that the next part can begin. */
  async finish(): Promise<void> {
    while (!this.#ended) {
      await this.#run();
    }
  }

  /** One run after the other, also when a stream left in mid-read meets `finish`. */
  #run(): Promise<Uint8Array | undefined> {
    const next = this.#reading.then(() => this.#next());
    this.#reading = next;
    // The failure is told to whoever reads; this copy only keeps the order.
    next.catch(() => undefined);
    return next;
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#ended) {
      return undefined;
    }
    const run = await this.#scanner.run();
    this.#ended = run === undefined;
    this.#bytes += run?.length ?? 0;
    if (this.#bytes > this.#maxBytes) {
      throw new DicomError('limit-exceeded', `a part is longer than ${this.#maxBytes} bytes`);
    }
    return run;
  }
}

function parseHeaders(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const unfolded = text.replace(/\r\n[\t ]+/g, ' ');
  for (const line of unfolded === '' ? [] : unfolded.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon < 1 || name === '') {
      throw new DicomError('invalid-multipart', `not a part header: ${JSON.stringify(line.slice(0, 80))}`);
    }
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
