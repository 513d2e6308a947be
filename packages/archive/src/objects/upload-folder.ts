import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { NODE_DISK } from '@filmless/disk';
import type { UploadFiles, UploadRecord } from '../core/uploads/upload-files.ts';

/** Bytes after which what was written is made durable: so much at most is sent again after a power cut. */
const SYNC_BYTES = 8 * 1024 * 1024;

const RECORD = /^([0-9a-f]{32})\.json$/;

/** A folder that has, of each upload, its record and the bytes that came so far. */
export class UploadFolder implements UploadFiles {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<UploadFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new UploadFolder(folder);
  }

  async list(): Promise<readonly { readonly record: UploadRecord; readonly offset: number }[]> {
    const found: { readonly record: UploadRecord; readonly offset: number }[] = [];
    const names = await readdir(this.#folder);
    for (const name of names) {
      const id = RECORD.exec(name)?.[1];
      const record = id === undefined ? undefined : await readRecord(join(this.#folder, name));
      if (record !== undefined && record.id === id) {
        found.push({ record, offset: await this.#length(record.id) });
      }
    }
    const known = new Set(found.map(({ record }) => record.id));
    // What a stop left half made: bytes without a record, records under their temporary name.
    const left = names.filter((name) => !known.has(name.slice(0, 32)) || name.endsWith('.new'));
    await Promise.all(left.map((name) => rm(join(this.#folder, name), { force: true })));
    return found;
  }

  async write(record: UploadRecord): Promise<void> {
    const path = join(this.#folder, `${record.id}.json`);
    {
      await using file = await open(`${path}.new`, 'w', 0o600);
      await file.writeFile(JSON.stringify(record));
      await file.sync();
    }
    await rename(`${path}.new`, path);
    await NODE_DISK.syncFolder(this.#folder);
  }

  async append(
    id: string,
    offset: number,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly offset: number; readonly failure?: unknown }> {
    const fresh = offset === 0;
    await using file = await open(this.#bytes(id), fresh ? 'w' : 'r+', 0o600);
    // Of bytes that came without being told of, as before a power cut, nothing is believed.
    await file.truncate(offset);
    let at = offset;
    let unsynced = 0;
    let failed: { readonly failure: unknown } | undefined;
    try {
      for await (const piece of pieces) {
        at = await writeAt(file, piece, at);
        unsynced += piece.byteLength;
        if (unsynced >= SYNC_BYTES) {
          await file.datasync();
          unsynced = 0;
        }
      }
    } catch (failure) {
      failed = { failure };
    }
    await file.datasync();
    if (fresh) {
      await NODE_DISK.syncFolder(this.#folder);
    }
    return { offset: at, ...failed };
  }

  read(id: string): ReadableStream<Uint8Array> {
    return streamOf(Readable.toWeb(createReadStream(this.#bytes(id), { highWaterMark: 1024 * 1024 })));
  }

  async removeBytes(id: string): Promise<void> {
    await rm(this.#bytes(id), { force: true });
  }

  async remove(id: string): Promise<void> {
    await rm(join(this.#folder, `${id}.json`), { force: true });
    await this.removeBytes(id);
  }

  #bytes(id: string): string {
    return join(this.#folder, `${id}.part`);
  }

  async #length(id: string): Promise<number> {
    try {
      return (await stat(this.#bytes(id))).size;
    } catch {
      return 0;
    }
  }
}

async function writeAt(file: FileHandle, piece: Uint8Array, at: number): Promise<number> {
  for (let written = 0; written < piece.byteLength; ) {
    written += (await file.write(piece, written, piece.byteLength - written, at + written)).bytesWritten;
  }
  return at + piece.byteLength;
}

/** NOTE: Node's declaration of a web stream is another than that of the web. */
function streamOf(stream: NodeReadableStream<unknown>): ReadableStream<Uint8Array> {
  return stream as ReadableStream<Uint8Array>;
}

/** Undefined for what is none: a disk lost it. */
async function readRecord(path: string): Promise<UploadRecord | undefined> {
  try {
    return parseRecord(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What `write` wrote. */
function parseRecord(text: string): UploadRecord {
  return JSON.parse(text) as UploadRecord;
}
