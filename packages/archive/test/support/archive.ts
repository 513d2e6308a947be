import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, NO_METER, type Scope, type Source } from '@filmless/access';
import { createReception, NODE_DISK } from '@filmless/disk';
import { Core } from '../../src/core/core.ts';
import type { Dependencies } from '../../src/core/dependencies.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits } from '../../src/core/limits.ts';
import type { FoundObject, ObjectStore } from '../../src/core/object-store.ts';
import type { StoreOutcome } from '../../src/core/store-outcome.ts';
import { openPostgresIndex, openSqliteIndex } from '../../src/index/open-index.ts';
import { FileStore } from '../../src/objects/file-store.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { recordsPlace, releaseDatabase } from './engine.ts';

export const ALL: Scope = { facilities: 'all' };

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function from(facility: string, more: Partial<Source> = {}): Source {
  return { kind: 'dimse', callingAe: 'CT01', address: '10.0.0.11', facility, verified: true, ...more };
}

/** A port with some of its methods replaced. */
export function replacing<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === 'function' ? value.bind(name in methods ? methods : target) : value;
    },
  });
}

/** A clock that goes on by a second each time it is read. */
export function ticking(start = '2026-03-01T08:00:00.000Z'): () => string {
  let at = Date.parse(start);
  return () => {
    at += 1000;
    return new Date(at).toISOString();
  };
}

/** Every instance in a store: of those under way, too. */
export async function found(objects: ObjectStore): Promise<readonly FoundObject[]> {
  return await Array.fromAsync(objects.objects());
}

export interface TestArchive extends AsyncDisposable {
  readonly folder: string;
  readonly core: Core;
  readonly with: Dependencies;
  /** Stores the bytes of a Part 10 file. */
  store(bytes: Uint8Array, source?: Source): Promise<StoreOutcome>;
  /** Ends as a process does that is killed: nothing is tidied. The folder stays. */
  kill(): Promise<void>;
}

export interface TestOptions {
  /** An earlier archive's folder, to open it again. */
  readonly folder?: string;
  readonly limits?: Partial<ArchiveLimits>;
  /** Puts something before a port. */
  readonly wrap?: (dependencies: Dependencies) => Dependencies;
  /** A file in the folder, or a `postgres:` URL. */
  readonly index?: string;
}

export const FACILITIES = [
  { id: 'main', patientIdIssuer: 'MAIN-ID' },
  { id: 'branch', patientIdIssuer: 'BRANCH-ID' },
  { id: 'third', patientIdIssuer: '' },
] as const;

async function openIndex(folder: string, index: string, limits: ArchiveLimits): Promise<Dependencies['index']> {
  return index.startsWith('postgres:')
    ? await openPostgresIndex({ url: index, limits })
    : await openSqliteIndex({ file: join(folder, index), limits });
}

/** Opens a core over real adapters in a folder of its own. */
export async function openTestArchive(options: TestOptions = {}): Promise<TestArchive> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'filmless-archive-')));
  const limits = { ...ARCHIVE_LIMITS, ...options.limits };
  const ports: Dependencies = {
    objects: await FileStore.open(join(folder, 'objects')),
    reception: await createReception(NODE_DISK, join(folder, 'incoming'), {
      ...limits,
      instanceBytes: limits.maxInstanceBytes,
    }),
    records: await SqlRecords.open(await recordsPlace(folder)),
    index: await openIndex(folder, options.index ?? 'index.db', limits),
    facilities: () => FACILITIES,
    transfers: () => undefined,
    audit: async () => undefined,
    log: silent,
    meter: NO_METER,
    now: ticking(),
    limits,
  };
  const dependencies = options.wrap?.(ports) ?? ports;
  const core = await Core.start(dependencies);
  const close = async () => {
    await core[Symbol.asyncDispose]();
    await ports.objects[Symbol.asyncDispose]();
    await ports.index[Symbol.asyncDispose]();
    await ports.records[Symbol.asyncDispose]();
  };
  return {
    folder,
    core,
    with: dependencies,
    store: async (bytes, source = from('main')) =>
      await core.store(await core.receive(new Blob([new Uint8Array(bytes)]).stream()), source),
    kill: async () => {
      await core[Symbol.asyncDispose]();
      await ports.index[Symbol.asyncDispose]();
      await ports.records[Symbol.asyncDispose]();
    },
    [Symbol.asyncDispose]: async () => {
      await close();
      await releaseDatabase(folder);
      await rm(folder, { recursive: true });
    },
  };
}
