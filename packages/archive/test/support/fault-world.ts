import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_METER, type Source } from '@filmless/access';
import { createReception, systemCode } from '@filmless/disk';
import type { FaultyDisk } from '../../../disk/test/faulty-disk.ts';
import { Core } from '../../src/core/core.ts';
import type { Dependencies } from '../../src/core/dependencies.ts';
import type { NewInstance } from '../../src/core/index-port.ts';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import type { StoreOutcome } from '../../src/core/store-outcome.ts';
import { openSqliteIndex } from '../../src/index/open-index.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { FileStore } from '../../src/objects/file-store.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { FACILITIES, replacing, silent, ticking } from './archive.ts';

const EVERY = 1_000_000;
export const OBJECTS = '/data/objects';
export const INCOMING = '/data/incoming';

/** An archive on a disk with faults, with the databases of its world. */
export interface FaultyArchive {
  readonly disk: FaultyDisk;
  readonly core: Core;
  readonly with: Dependencies;
  /** Undefined where the power was cut before the sender had its answer. */
  store(bytes: Uint8Array, source: Source): Promise<StoreOutcome | undefined>;
}

export interface ArchiveChoice {
  /** An object up to this long stays in memory. */
  readonly memoryInstanceBytes: number;
}

/**
 * Index and records on the machine's disk, which many archives use one after the other: what SQLite committed with
 * synchronous=FULL is taken as durable. `again` is an index that only rebuilds fill.
 */
export class FaultWorld implements AsyncDisposable {
  readonly index: SqlIndex;
  readonly again: SqlIndex;
  readonly records: SqlRecords;
  readonly #folder: string;
  readonly #now = ticking();

  private constructor(folder: string, index: SqlIndex, again: SqlIndex, records: SqlRecords) {
    this.#folder = folder;
    this.index = index;
    this.again = again;
    this.records = records;
  }

  static async open(): Promise<FaultWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-faults-'));
    const index = (file: string) => openSqliteIndex({ file: join(folder, file), limits: ARCHIVE_LIMITS });
    const records = await SqlRecords.open({ file: join(folder, 'records.db') });
    return new FaultWorld(folder, await index('index.db'), await index('again.db'), records);
  }

  /**
   * Starts on a disk, as a process does: what the last one left is put away. Of the conflicts on record, and of the objects to be
   * deleted, it sees those of its study, as if the others' archives had records of their own.
   */
  async start(disk: FaultyDisk, choice: ArchiveChoice, study: string): Promise<FaultyArchive> {
    const limits = { ...ARCHIVE_LIMITS, ...choice };
    const add = commits(disk, 'index.add', (instance: NewInstance) => this.index.add(instance));
    const ports: Dependencies = {
      objects: await FileStore.open(OBJECTS, disk),
      reception: await createReception(disk, INCOMING, {
        ...limits,
        instanceBytes: limits.maxInstanceBytes,
        writeBatchBytes: 400,
      }),
      index: replacing(this.index, {
        // NOTE: what the writer's thread does before it commits, on this disk.
        add: async ({ write, ...instance }) => {
          await (write === undefined ? undefined : disk.perform(write).catch(asDatabase));
          return await add(instance);
        },
        removeStudy: commits(disk, 'index.removeStudy', (uid, keys) => this.index.removeStudy(uid, keys)),
        removedObjects: async (after, limit) =>
          (await this.index.removedObjects(after, EVERY)).filter((one) => one.studyInstanceUid === study).slice(0, limit),
        forgetRemoved: commits(disk, 'index.forgetRemoved', (keys) => this.index.forgetRemoved(keys)),
        setConflicts: commits(disk, 'index.setConflicts', (study, open) => this.index.setConflicts(study, open)),
      }),
      records: replacing(this.records, {
        conflictsIn: async (states, after, limit) =>
          (await this.records.conflictsIn(states, after, EVERY)).filter((one) => one.studyInstanceUid === study).slice(0, limit),
        addConflict: commits(disk, 'records.addConflict', (conflict) => this.records.addConflict(conflict)),
        removals: replacing(this.records.removals, {
          note: commits(disk, 'removals.note', (removed, before) => this.records.removals.note(removed, before)),
        }),
      }),
      facilities: () => FACILITIES,
      audit: async () => undefined,
      log: silent,
      transfers: () => undefined,
      meter: NO_METER,
      now: this.#now,
      limits,
    };
    const core = await Core.start(ports);
    const store = async (bytes: Uint8Array, source: Source) => {
      try {
        const body = ReadableStream.from(chunksOf(bytes));
        const outcome = await core.store(await core.receive(body), source);
        return disk.isCut ? undefined : outcome;
      } catch (error) {
        // What could not be received was not answered with success either.
        return disk.isCut ? undefined : { status: 'refused' as const, reason: 'away' as const, message: String(error) };
      }
    };
    return { disk, core, with: ports, store };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.index[Symbol.asyncDispose]();
    await this.again[Symbol.asyncDispose]();
    await this.records[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}

/** A commit as two steps of the disk: it may not be done, for want of space, too, and it may be done without anybody hearing of it. */
function commits<Arguments extends readonly unknown[], Result>(
  disk: FaultyDisk,
  kind: string,
  commit: (...args: Arguments) => Promise<Result>,
): (...args: Arguments) => Promise<Result> {
  return async (...args) => {
    await disk.pass(kind).catch(asDatabase);
    const result = await commit(...args);
    await disk.pass(`${kind}, committed`);
    return result;
  };
}

/** What the writer's thread says of a disk that is full. */
function asDatabase(error: unknown): never {
  throw systemCode(error) === 'ENOSPC' ? Object.assign(new Error('database or disk is full'), { code: 'full' }) : error;
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.byteLength; at += 300) {
    yield new Uint8Array(bytes.subarray(at, at + 300));
  }
}
