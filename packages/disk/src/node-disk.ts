import fs from 'node:fs';
import { Descriptor } from './descriptor.ts';
import type { Disk, FileAhead, NewFile, OpenFile } from './disk.ts';
import { systemCode } from './disk-error.ts';
import { FolderHandles } from './folder-handles.ts';
import { promised } from './promised.ts';
import { writeAll } from './write-all.ts';

/** Read and written by the server's user, read by its group. */
const MODE = 0o640;

const NEW_FILE = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL;
/** Windows does not know it, and macOS leaves the bytes in the cache of the drive: there each file is synced by a call of its own. */
const HAS_SYNCED_WRITES = process.platform === 'linux';
/** Of a file made ahead. */
const AHEAD = HAS_SYNCED_WRITES ? fs.constants.O_DSYNC : 0;
const DIRECT = HAS_SYNCED_WRITES ? fs.constants.O_DIRECT : 0;

const FOLDERS = new FolderHandles();

/** The disk of the machine. */
export const NODE_DISK: Disk = {
  create: async (path) => newFile(await promised<number>((done) => fs.open(path, NEW_FILE, MODE, done))),
  createAhead: async (path) => {
    try {
      return fileAhead(await promised<number>((done) => fs.open(path, NEW_FILE | AHEAD | DIRECT, MODE, done)), path);
    } catch (error) {
      if (systemCode(error) !== 'EINVAL') {
        throw error;
      }
      // NOTE: where the file system has no such writes, it may have made the file all the same.
      const flags = fs.constants.O_WRONLY | fs.constants.O_CREAT | AHEAD;
      return fileAhead(await promised<number>((done) => fs.open(path, flags, MODE, done)), path);
    }
  },
  append: async (path) => {
    const flags = fs.constants.O_WRONLY | fs.constants.O_APPEND;
    return newFile(await promised<number>((done) => fs.open(path, flags, done)));
  },
  open: async (path, size) => openFile(await promised<number>((done) => fs.open(path, 'r', done)), size),
  size: async (path) => {
    try {
      return (await promised<fs.Stats>((done) => fs.stat(path, done))).size;
    } catch (error) {
      return noneWhere(error, 'ENOENT', undefined);
    }
  },
  link: (from, to) => promised<void>((done) => fs.link(from, to, done)),
  rename: (from, to) => promised<void>((done) => fs.rename(from, to, done)),
  remove: async (path) => {
    try {
      await promised<void>((done) => fs.unlink(path, done));
    } catch (error) {
      noneWhere(error, 'ENOENT', undefined);
    }
  },
  makeFolder: async (path) => {
    const made = await promised<string | undefined>((done) => fs.mkdir(path, { recursive: true }, done));
    if (made !== undefined) {
      FOLDERS.forget(made);
    }
    return made;
  },
  list: async (path) => {
    try {
      const entries = await promised<fs.Dirent[]>((done) => fs.readdir(path, { withFileTypes: true }, done));
      return entries.map((entry) => ({
        name: entry.name,
        kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
      }));
    } catch (error) {
      return noneWhere(error, 'ENOENT', []);
    }
  },
  // Windows opens no folder, and journals names by itself.
  syncFolder: process.platform === 'win32' ? () => Promise.resolve() : (path) => FOLDERS.sync(path),
  freeBytes: async (path) => {
    await promised<void>((done) => fs.access(path, fs.constants.R_OK | fs.constants.W_OK, done));
    const { bavail, bsize } = await promised<fs.StatsFs>((done) => fs.statfs(path, done));
    return bavail * bsize;
  },
  // What is kept for the system's own administrator is nobody else's, as `df` has it.
  sizeBytes: async (path) => {
    const { blocks, bfree, bavail, bsize } = await promised<fs.StatsFs>((done) => fs.statfs(path, done));
    return (blocks - bfree + bavail) * bsize;
  },
};

function fileAhead(fd: number, path: string): FileAhead {
  const descriptor = new Descriptor(fd);
  return { plan: (pieces) => ({ fd, path, synced: HAS_SYNCED_WRITES, pieces }), close: () => descriptor.close() };
}

function newFile(fd: number): NewFile {
  const descriptor = new Descriptor(fd);
  const write = (open: number) => (rest: readonly Uint8Array[]) => promised<number>((done) => fs.writev(open, rest, null, done));
  return {
    write: (pieces) => descriptor.use((open) => writeAll(pieces, write(open))),
    sync: () => descriptor.use((open) => promised<void>((done) => fs.fdatasync(open, done))),
    close: () => descriptor.close(),
  };
}

async function openFile(fd: number, known: number | undefined): Promise<OpenFile> {
  const descriptor = new Descriptor(fd);
  try {
    const size = known ?? (await descriptor.use((open) => promised<fs.Stats>((done) => fs.fstat(open, done)))).size;
    return {
      size,
      read: (into, offset) => descriptor.use((open) => readAll(open, into, offset)),
      close: () => descriptor.close(),
    };
  } catch (error) {
    await descriptor.close();
    throw error;
  }
}

async function readAll(fd: number, into: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < into.byteLength) {
    const at = done;
    const read = await promised<number>((called) => fs.read(fd, into, at, into.byteLength - at, offset + at, called));
    if (read === 0) {
      break;
    }
    done += read;
  }
  return done;
}

function noneWhere<T>(error: unknown, code: string, none: T): T {
  if (systemCode(error) === code) {
    return none;
  }
  throw error;
}
