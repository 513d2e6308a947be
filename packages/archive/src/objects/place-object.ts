import { type Disk, type NewFile, systemCode } from '@filmless/disk';

/** Bytes copied at a time where a file cannot be linked. */
const COPY_BYTES = 1_048_576;

/** Errors of `link` that mean "not here": another disk, or a file system without hard links. */
const CANNOT_LINK: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);

/** Writes a new file whose bytes are on disk when it resolves; its name is once its folder was synced. */
export async function placePieces(disk: Disk, path: string, pieces: readonly Uint8Array[]): Promise<void> {
  await written(await disk.create(path), (file) => file.write(pieces));
}

/** Writes all of a file that is open, and has its bytes on disk; and at the same time whatever else is needed, in one commit of the disk's journal. */
export async function fillSynced(file: NewFile, pieces: readonly Uint8Array[], besides: () => Promise<void>): Promise<void> {
  try {
    await file.write(pieces);
    const both = await Promise.allSettled([file.sync(), besides()]);
    for (const outcome of both) {
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
    }
  } finally {
    // Nobody waits for it: what was written is synced, or given up.
    void file.close().catch(() => undefined);
  }
}

/**
 * Makes a new file of the first `size` bytes of another and a footer: by a second name of it, to which the footer is appended;
 * by a copy where names cannot be given, or where a put that failed left its footer behind those bytes.
 */
export async function placeFile(disk: Disk, from: string, to: string, size: number, footer: Uint8Array): Promise<void> {
  if ((await disk.size(from)) === size) {
    await written(await disk.append(from), (file) => file.write([footer]));
    try {
      await disk.link(from, to);
      return;
    } catch (error) {
      if (!CANNOT_LINK.has(systemCode(error) ?? '')) {
        throw error;
      }
    }
  }
  await copy(disk, from, to, size, footer);
}

async function copy(disk: Disk, from: string, to: string, size: number, footer: Uint8Array): Promise<void> {
  const source = await disk.open(from);
  try {
    await written(await disk.create(to), async (file) => {
      const buffer = Buffer.allocUnsafeSlow(Math.min(COPY_BYTES, Math.max(1, size)));
      for (let at = 0; at < size; ) {
        const read = await source.read(buffer.subarray(0, Math.min(buffer.byteLength, size - at)), at);
        if (read === 0) {
          throw new Error('the received file is shorter than it was');
        }
        await file.write([buffer.subarray(0, read)]);
        at += read;
      }
      await file.write([footer]);
    });
  } finally {
    await source.close();
  }
}

async function written(file: NewFile, write: (file: NewFile) => Promise<void>): Promise<void> {
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
