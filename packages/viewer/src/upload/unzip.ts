import { Unzip, UnzipInflate } from 'fflate';

export interface ZipEntry {
  readonly name: string;
  /** The unpacked file; undefined when it is larger than `maxEntryBytes`. */
  readonly content: Blob | undefined;
}

export interface ZipLimits {
  readonly maxEntries: number;
  /** Of one unpacked file. */
  readonly maxEntryBytes: number;
  /** Of everything unpacked from one archive: a small archive can hold petabytes of zeros. */
  readonly maxTotalBytes: number;
}

export const ZIP_LIMITS: ZipLimits = { maxEntries: 200_000, maxEntryBytes: 2 ** 30, maxTotalBytes: 64 * 2 ** 30 };

export class ZipError extends Error {
  override readonly name = 'ZipError';
  readonly code: 'broken' | 'too-large';

  constructor(code: ZipError['code'], options?: ErrorOptions) {
    super(`ZIP archive: ${code}`, options);
    this.code = code;
  }
}

/** Read from disk at a time. Deflate grows a thousandfold at most, so what is unpacked at once stays below 64 MiB. */
const CHUNK = 64 * 1024;

/**
 * Unpacks an archive while it is read, one file after the other; the next part is read only when the entries so far were
 * taken. @throws ZipError
 */
export async function* unzip(archive: Blob, limits: ZipLimits = ZIP_LIMITS): AsyncGenerator<ZipEntry> {
  const state = new Unpacking(limits);
  for (let offset = 0; offset < archive.size; offset += CHUNK) {
    const chunk = new Uint8Array(await archive.slice(offset, offset + CHUNK).arrayBuffer());
    state.push(chunk, offset + CHUNK >= archive.size);
    yield* state.take();
  }
  state.end();
}

class Unpacking {
  readonly #limits: ZipLimits;
  readonly #unzip: Unzip;
  #done: ZipEntry[] = [];
  #entries = 0;
  #bytes = 0;
  #open = 0;

  constructor(limits: ZipLimits) {
    this.#limits = limits;
    this.#unzip = new Unzip();
    this.#unzip.register(UnzipInflate);
    this.#unzip.onfile = (file) => {
      this.#entries += 1;
      if (this.#entries > limits.maxEntries) {
        throw new ZipError('too-large');
      }
      if (!file.name.endsWith('/')) {
        this.#collect(file);
      }
    };
  }

  push(chunk: Uint8Array, last: boolean): void {
    try {
      this.#unzip.push(chunk, last);
    } catch (cause) {
      throw cause instanceof ZipError ? cause : new ZipError('broken', { cause });
    }
  }

  take(): readonly ZipEntry[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** Called after the last part: a file that has begun and not ended is a broken archive. */
  end(): void {
    if (this.#open > 0 || this.#entries === 0) {
      throw new ZipError('broken');
    }
  }

  #collect(file: Parameters<Unzip['onfile']>[0]): void {
    let parts: BlobPart[] = [];
    let size = 0;
    this.#open += 1;
    file.ondata = (error, data, final) => {
      if (error !== null) {
        // What is thrown in here comes back through this callback once more.
        throw error instanceof ZipError ? error : new ZipError('broken', { cause: error });
      }
      size += data.length;
      this.#bytes += data.length;
      if (this.#bytes > this.#limits.maxTotalBytes) {
        throw new ZipError('too-large');
      }
      const fits = size <= this.#limits.maxEntryBytes;
      if (fits) {
        parts.push(data.slice());
      } else {
        parts = [];
      }
      if (final) {
        this.#open -= 1;
        this.#done.push({ name: file.name, content: fits ? new Blob(parts) : undefined });
      }
    };
    file.start();
  }
}
