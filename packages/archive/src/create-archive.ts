import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Access, type AuditEvent, type Log, type Meter, NO_METER } from '@filmless/access';
import { exclusively } from '@filmless/database';
import type { ReceivedObject } from '@filmless/dicom';
import { createReception, NODE_DISK, type Reception } from '@filmless/disk';
import type { Archive, Copies } from './archive.ts';
import { type ArrivalListener, storeAndTell } from './core/arrival-news.ts';
import { Core } from './core/core.ts';
import type { Dependencies } from './core/dependencies.ts';
import { ArchiveError } from './core/errors.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './core/limits.ts';
import { rebuildIndex } from './core/rebuild.ts';
import type { Transfers } from './core/receipts/transfers.ts';
import { MakeProgressive } from './core/series/make-progressive.ts';
import { SharedUploads } from './core/uploads/shared-uploads.ts';
import { UploadDesk, type UploadDeskOptions } from './core/uploads/upload-desk.ts';
import type { UploadOutcome } from './core/uploads/upload-files.ts';
import type { Uploads } from './core/uploads/uploads.ts';
import { createHttp } from './http/create-http.ts';
import { openPostgresIndex, openSqliteIndex } from './index/open-index.ts';
import type { SqlIndex } from './index/sql-index.ts';
import { openObjectStore } from './objects/open-object-store.ts';
import { UploadFolder } from './objects/upload-folder.ts';
import { createPixels } from './pixels/create-pixels.ts';
import { createPictures } from './pixels/pictures.ts';
import { RECORDS_SCHEMA } from './records/run-fence.ts';
import { type RecordsPlace, SqlRecords } from './records/sql-records.ts';

export interface ArchiveOptions {
  /** Holds `records/`, `index/`, `incoming/`, `uploads/` and, with `file:`, `objects/`. One process at a time. */
  readonly dataDir: string;
  /** `file:`, `file:DIR` or `s3://KEY:SECRET@HOST:PORT/BUCKET?tls=0&region=REGION`. */
  readonly store: string;
  /** `sqlite:`, `sqlite:FILE` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly index: string;
  readonly access: Pick<Access, 'guard' | 'whileHeld' | 'audit' | 'auditView' | 'facilities'>;
  readonly log: Log;
  /** Takes the times of each instance's stages. */
  readonly meter?: Meter;
  readonly clock?: () => Date;
  /** Hears of what comes over HTTP. */
  readonly arrived?: ArrivalListener;
  /** Knows what becomes of studies beyond the archive, once somebody does. */
  readonly transfers?: () => Transfers | undefined;
  readonly limits?: Partial<ArchiveLimits>;
}

/**
 * Opens the archive of a data directory: puts away what the last run left unfinished, and makes the index again from the
 * objects when its file is gone.
 * @throws ArchiveError `store-away`, `invalid-request` for a setting; DatabaseError `newer-schema`, `corrupt`
 */
export async function createArchive(options: ArchiveOptions): Promise<Archive> {
  await using stack = new AsyncDisposableStack();
  const dependencies = await openPorts(options, stack);
  const core = stack.use(await Core.start(dependencies));
  const pixels = stack.use(await createPixels({ meter: dependencies.meter }));
  const progressive = new MakeProgressive(dependencies, pixels, (instance, ranges) => core.readRanges(instance, ranges));
  core.seriesWork.also((series, goesOn) => progressive.make(series, goesOn));
  const store = storeAndTell(core, options.arrived, options.log);
  const uploads = await openUploads(core, store, options, dependencies);
  const app = createHttp({ core, pixels, pictures: createPictures(), store, uploads }, options.access, options.log);
  const opened = stack.move();
  return {
    app,
    adopt: (received, source, options) => core.store(received, source, options),
    reception: core.reception,
    refused: (refused) => core.refused(refused),
    changed: (study) => core.changed(study),
    copies: copiesOf(core, dependencies),
    isEmpty: () => core.isEmpty(),
    problems: () => core.problems(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function copiesOf(core: Core, { index, records }: Dependencies): Copies {
  return {
    quiet: (page) => index.quietStudies(page),
    instances: (studyInstanceUid) => core.instances({ studyInstanceUid }, { facilities: 'all' }),
    remove: (studyInstanceUid, instances) => core.removing.remove(studyInstanceUid, instances),
    removed: records.removals,
  };
}

async function openPorts(options: ArchiveOptions, stack: AsyncDisposableStack): Promise<Dependencies> {
  const limits: ArchiveLimits = { ...ARCHIVE_LIMITS, ...options.limits };
  const clock = options.clock ?? (() => new Date());
  const records = join(options.dataDir, 'records');
  await mkdir(records, { recursive: true });
  const ports = {
    objects: stack.use(await openObjectStore(options.store, options.dataDir, limits)),
    reception: await openReception(join(options.dataDir, 'incoming'), limits),
    records: stack.use(await SqlRecords.open(recordsPlace(options, records))),
    facilities: () => options.access.facilities(),
    transfers: options.transfers ?? (() => undefined),
    audit: (event: AuditEvent) => options.access.audit(event),
    log: options.log,
    meter: options.meter ?? NO_METER,
    now: () => clock().toISOString(),
    limits,
    shared: isPostgres(options.index),
  };
  return { ...ports, index: stack.use(await openIndex(options, ports)) };
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/** Beside the index: what processes share, they share whole. */
function recordsPlace({ index: url, log }: ArchiveOptions, folder: string): RecordsPlace {
  return isPostgres(url)
    ? { url, onWaiting: (reason) => log.warn({ reason }, 'database-awaited') }
    : { file: join(folder, 'archive.db') };
}

/** An index that is not there, or is new, is made from the objects. */
async function openIndex({ index: url, dataDir }: ArchiveOptions, ports: Omit<Dependencies, 'index'>): Promise<SqlIndex> {
  const { limits, log } = ports;
  if (isPostgres(url)) {
    const onWaiting = (reason: string) => log.warn({ reason }, 'database-awaited');
    const make = (index: SqlIndex) => fillIndex(index, ports);
    // Of processes that start at once one makes it, the others wait and find it made.
    return await exclusively(url, RECORDS_SCHEMA, () => openPostgresIndex({ url, limits, onWaiting, make }));
  }
  const file = sqliteFile(url, dataDir);
  await mkdir(dirname(file), { recursive: true });
  if (!(await exists(file))) {
    await makeIndex(file, ports);
  }
  return await openSqliteIndex({ file, limits });
}

/** With one process they lie on the disk of the data directory, whatever the store; with several, where all of them reach. */
async function openUploads(
  core: Core,
  store: Core['store'],
  { dataDir, clock }: ArchiveOptions,
  { limits, reception, records, objects }: Dependencies,
): Promise<Uploads> {
  const { processes } = core;
  const options = {
    limits,
    now: clock === undefined ? Date.now : () => clock().getTime(),
    hasRoom: () => reception.hasRoom('bulk'),
    receive: (body: ReadableStream<Uint8Array>) => core.receive(body),
    release: (received: ReceivedObject) => reception.release(received),
    store: storeByImport(core, store),
    isThere: async ({ status, studyInstanceUid, seriesInstanceUid }: UploadOutcome, sopInstanceUid: string) => {
      if (studyInstanceUid === undefined || seriesInstanceUid === undefined || status === 'conflict') {
        return true;
      }
      const named = { studyInstanceUid, seriesInstanceUid, sopInstanceUid };
      return await core.instance(named, { facilities: 'all' }).then(
        () => true,
        () => false,
      );
    },
  };
  return processes.shared && objects.pieces !== undefined
    ? new SharedUploads({ ...options, records: records.uploads, pieces: objects.pieces, processes })
    : await UploadDesk.open({ ...options, files: await UploadFolder.open(join(dataDir, 'uploads')) });
}

/** What belongs to an import is changed, once it is whole, before it is stored. */
function storeByImport(core: Core, store: Core['store']): UploadDeskOptions['store'] {
  return async (received, source, importId) => {
    if (importId === undefined) {
      return await store(received, source);
    }
    const decision = await core.imports.get(importId, { facilities: 'all' });
    const changed = await core.imports.change(received, decision);
    return 'status' in changed ? changed : await store(changed, source);
  };
}

async function openReception(folder: string, limits: ArchiveLimits): Promise<Reception> {
  return await createReception(NODE_DISK, folder, { ...limits, instanceBytes: limits.maxInstanceBytes });
}

/** What SQLite keeps beside a file. */
const COMPANIONS = ['-wal', '-shm'] as const;

async function fillIndex(index: SqlIndex, ports: Omit<Dependencies, 'index'>): Promise<void> {
  const { instances, left } = await rebuildIndex({ ...ports, index });
  if (instances > 0 || left.length > 0) {
    ports.log.info({ instances, left: left.length }, 'index-rebuilt');
  }
}

/** Makes the index from the objects under another name: a process that ends meanwhile leaves none rather than half of one. */
async function makeIndex(file: string, ports: Omit<Dependencies, 'index'>): Promise<void> {
  const building = `${file}.building`;
  // NOTE: SQLite would take the log of a file that was removed for the new file's own, and write its pages into it.
  const stale = [building, ...COMPANIONS.flatMap((suffix) => [building + suffix, file + suffix])];
  await Promise.all(stale.map((path) => rm(path, { force: true })));
  {
    await using index = await openSqliteIndex({ file: building, limits: ports.limits });
    await fillIndex(index, ports);
  }
  await rename(building, file);
  await NODE_DISK.syncFolder(dirname(file));
}

function sqliteFile(url: string, dataDir: string): string {
  if (!url.startsWith('sqlite:')) {
    throw new ArchiveError(
      'invalid-request',
      `the index must be sqlite:, sqlite:FILE or postgres://…, not ${url.replace(/:.*/, ':…')}`,
    );
  }
  const file = url.slice('sqlite:'.length).replace(/^\/\//, '');
  return file === '' ? join(dataDir, 'index', 'index.db') : resolve(file);
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}
