import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Meter } from '@filmless/access';
import { messageOf, RouterError } from '../errors.ts';
import type { Cause } from '../finding.ts';
import type { FolderDestination } from '../routing/destination.ts';
import type { Clock } from './clock.ts';
import { paced } from './line/paced.ts';
import { fileBytes, type OpenFile, type OutgoingFile } from './part10.ts';
import type { SendOutcome } from './send-instances.ts';
import type { Outgoing, Transport } from './transport.ts';
import { notOpened } from './web/stow-body.ts';

export interface FolderOptions {
  readonly openFile: OpenFile;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** A file under this name is being written; one so old was left by a stop. */
const UNDER_WAY = /^\.filmless-[0-9a-f-]{36}\.part$/;
const LEFT_MS = 86_400_000;

/**
 * Sees whether a file can be written there, and leaves none.
 * @throws RouterError that says why not
 */
export async function probeFolder({ path: root }: FolderDestination): Promise<void> {
  const temporary = join(root, `.filmless-${randomUUID()}.part`);
  try {
    const handle = await open(temporary, 'wx', 0o640);
    await handle.close();
  } catch (error) {
    throw folderProblem(root, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** A UID and nothing else can stand in a path. PS3.5 9.1. */
const UID = /^[0-9]+(?:\.[0-9]+)*$/;

/**
 * A folder that gets Part 10 files: each is there whole under its name, or not at all. One that comes again takes the place of the one
 * before. The folder itself is never made: one that is missing is a share that is not mounted.
 */
export function folderTransport(options: FolderOptions, { path: root, names }: FolderDestination): Transport {
  let tidied: Promise<void> | undefined;
  return {
    send: async (deliveries, report, outgoing) => {
      tidied ??= removeLeft(root, options.clock.now());
      await tidied.catch((error: unknown) => {
        tidied = undefined;
        throw folderProblem(root, error);
      });
      for (const delivery of deliveries) {
        const began = performance.now();
        let file: OutgoingFile;
        try {
          file = await options.openFile(delivery, outgoing.signal);
        } catch (error) {
          await report(delivery, notOpened(error));
          continue;
        }
        const outcome = await writeFile(root, names, file, outgoing);
        options.meter.observe('delivery', (performance.now() - began) / 1000);
        await report(delivery, outcome);
      }
    },
  };
}

/** @throws RouterError when the folder takes nothing at the moment */
async function writeFile(
  root: string,
  names: FolderDestination['names'],
  file: OutgoingFile,
  outgoing: Outgoing,
): Promise<SendOutcome> {
  const target = join(root, nameOf(file, names));
  const temporary = join(root, `.filmless-${randomUUID()}.part`);
  try {
    await writeSynced(temporary, paced(fileBytes(file), outgoing));
    await makeFolders(root, dirname(target));
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return { kind: 'done' };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw folderProblem(root, error);
  } finally {
    await file.close();
  }
}

async function writeSynced(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await using handle = await open(path, 'wx', 0o640);
  for await (const piece of bytes) {
    await writeAll(handle, piece);
  }
  await handle.sync();
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.byteLength; ) {
    const { bytesWritten } = await handle.write(piece, at);
    at += bytesWritten;
  }
}

/** Hashed where they are wanted so, or where a UID is none: a sender chose it, and it must not lead out of the folder. */
function nameOf(
  { studyInstanceUid, seriesInstanceUid, sopInstanceUid }: OutgoingFile,
  names: FolderDestination['names'],
): string {
  const uids = [studyInstanceUid, seriesInstanceUid, sopInstanceUid];
  if (names === 'uids' && uids.every((uid) => uid.length <= 64 && UID.test(uid))) {
    return join(studyInstanceUid, seriesInstanceUid, `${sopInstanceUid}.dcm`);
  }
  const digest = createHash('sha256').update(sopInstanceUid).digest('hex').slice(0, 32);
  return join(digest.slice(0, 2), `${digest}.dcm`);
}

/** Makes what is missing below the root, each durable before a file stands in it. */
async function makeFolders(root: string, folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o750 });
  if (first !== undefined) {
    for (let made = folder; made !== root && made !== dirname(made); made = dirname(made)) {
      await syncFolder(dirname(made));
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no handle of a folder; its file system writes names in order.
    return;
  }
  await using handle = await open(folder, 'r');
  await handle.sync();
}

async function removeLeft(root: string, now: number): Promise<void> {
  for (const name of await readdir(root)) {
    if (UNDER_WAY.test(name) && now - (await stat(join(root, name))).mtimeMs > LEFT_MS) {
      await rm(join(root, name), { force: true });
    }
  }
}

const PROBLEMS: Readonly<Record<string, readonly [RouterError['code'], string, Cause]>> = {
  ENOENT: ['unreachable', 'it is not there: make it, or mount the share it is on', 'folder-missing'],
  ENOTDIR: ['unreachable', 'it is no folder', 'folder-missing'],
  ENOSPC: ['full', 'the disk is full: make room, and it goes on by itself', 'receiver-full'],
  EDQUOT: ['full', 'its quota is used up: make room, and it goes on by itself', 'receiver-full'],
  EACCES: ['rejected', 'the server may not write there: give its user the right to', 'folder-not-writable'],
  EPERM: ['rejected', 'the server may not write there: give its user the right to', 'folder-not-writable'],
  EROFS: ['rejected', 'it can only be read', 'folder-not-writable'],
};

function folderProblem(root: string, error: unknown): RouterError {
  if (error instanceof RouterError) {
    return error;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [kind, words, cause] = PROBLEMS[code] ?? ['unreachable', messageOf(error), 'receiver-fails'];
  const finding = { cause, facts: { status: code === '' ? '–' : code } };
  return new RouterError(kind, `the folder ${root}: ${words}`, { cause: error, finding });
}
