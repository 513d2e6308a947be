import { randomUUID } from 'node:crypto';
import { type Database, openPostgres, openSqlite } from '@filmless/database';
import { sql } from 'kysely';
import { ArchiveError } from '../core/errors.ts';
import type { NewShare } from '../core/model.ts';
import type { ConflictQuery, ConflictRecord, KeptShare, Records } from '../core/records-port.ts';
import { KeptProcesses } from './kept-processes.ts';
import { KeptUploads } from './kept-uploads.ts';
import { RECORDS_SCHEMA } from './run-fence.ts';
import type { procedures } from './schema.ts';
import { SqlImports } from './sql-imports.ts';
import { SqlMarks } from './sql-marks.ts';
import { SqlMatches } from './sql-matches.ts';
import { SqlOrders } from './sql-orders.ts';
import { SqlPerformed } from './sql-performed.ts';
import { SqlRefusals } from './sql-refusals.ts';
import { SqlRejections } from './sql-rejections.ts';
import { SqlRemovals } from './sql-removals.ts';
import { SqlWorkitems } from './sql-workitems.ts';
import { type ConflictTable, db, type ShareTable } from './tables.ts';

/** Instances of one study, of those in conflict. */
const CONFLICTING = 10_000;

/** Where the records are kept. */
export type RecordsPlace =
  /** An SQLite file. */
  | { readonly file: string }
  /** `postgres://…`: shared by any number of processes. */
  | { readonly url: string; readonly onWaiting?: ((reason: string) => void) | undefined };

const schema = new URL('./schema.ts', import.meta.url);

/** The records in one database. */
export class SqlRecords implements Records {
  readonly #database: Database<typeof procedures>;
  readonly orders: SqlOrders;
  readonly performed: SqlPerformed;
  readonly matches: SqlMatches;
  readonly refusals: SqlRefusals;
  readonly removals: SqlRemovals;
  readonly processes: KeptProcesses;
  readonly uploads: KeptUploads;
  readonly rejections: SqlRejections;
  readonly imports: SqlImports;
  readonly marks: SqlMarks;
  readonly workitems: SqlWorkitems;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
    this.orders = new SqlOrders(database);
    this.performed = new SqlPerformed(database);
    this.matches = new SqlMatches(database);
    this.refusals = new SqlRefusals(database);
    this.removals = new SqlRemovals(database);
    this.processes = new KeptProcesses(database);
    this.uploads = new KeptUploads(database);
    this.rejections = new SqlRejections(database);
    this.imports = new SqlImports(database);
    this.marks = new SqlMarks(database);
    this.workitems = new SqlWorkitems(database);
  }

  /** @throws DatabaseError `newer-schema`, `corrupt`, `away` */
  static async open(place: RecordsPlace): Promise<SqlRecords> {
    if ('file' in place) {
      return new SqlRecords(await openSqlite<typeof procedures>({ file: place.file, schema, readers: 1, threads: 'shared' }));
    }
    const { url, onWaiting } = place;
    const told = onWaiting === undefined ? {} : { onWaiting };
    return new SqlRecords(await openPostgres<typeof procedures>({ url, name: RECORDS_SCHEMA, schema, ...told }));
  }

  async addConflict(conflict: ConflictRecord, run?: string): Promise<boolean> {
    const added = await this.#database.write('addConflict', { conflict: conflictRow(conflict), run: run ?? null });
    if (added === 'run-over') {
      throw new ArchiveError('store-away', 'this server was taken for ended while it stored: send again', { notRun: true });
    }
    return added === 'added';
  }

  async conflict(id: string): Promise<ConflictRecord | undefined> {
    const [row] = await this.#database.read(db.selectFrom('conflict').selectAll().where('id', '=', id));
    return row === undefined ? undefined : conflictOf(row);
  }

  async openConflicts({ facilities, limit, after }: ConflictQuery): Promise<readonly ConflictRecord[]> {
    let query = db.selectFrom('conflict').selectAll().where('state', '=', 'open');
    if (facilities !== 'all') {
      query = query.where('facility', 'in', [...facilities]);
    }
    if (after !== undefined) {
      const [at, id] = parseCursor(after);
      query = query.where(sql<boolean>`(received_at, id) < (${at}, ${id})`);
    }
    const rows = await this.#database.read(query.orderBy('received_at', 'desc').orderBy('id', 'desc').limit(limit));
    return rows.map(conflictOf);
  }

  async countOpen(studyInstanceUid: string): Promise<number> {
    const [row] = await this.#database.read(
      db
        .selectFrom('conflict')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('study_instance_uid', '=', studyInstanceUid)
        .where('state', '=', 'open'),
    );
    return row?.count ?? 0;
  }

  async conflictingOf(studyInstanceUid: string): Promise<readonly string[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('conflict')
        .select('sop_instance_uid')
        .distinct()
        .where('study_instance_uid', '=', studyInstanceUid)
        .where('state', '=', 'open')
        .limit(CONFLICTING),
    );
    return rows.map((row) => row.sop_instance_uid);
  }

  async studiesInConflict(limit: number): Promise<readonly string[]> {
    const rows = await this.#database.read(
      db.selectFrom('conflict').select('study_instance_uid').distinct().where('state', '=', 'open').limit(limit),
    );
    return rows.map((row) => row.study_instance_uid);
  }

  async isAside(sopInstanceUid: string, sha256: string, fromFacility: string): Promise<boolean> {
    const [row] = await this.#database.read(
      db
        .selectFrom('conflict')
        .select('id')
        .where('sop_instance_uid', '=', sopInstanceUid)
        .where('from_facility', '=', fromFacility)
        .where((eb) => eb.or([eb('new_sha256', '=', sha256), eb('existing_sha256', '=', sha256)]))
        .limit(1),
    );
    return row !== undefined;
  }

  async conflictOfObject(objectKey: string): Promise<ConflictRecord | undefined> {
    const [row] = await this.#database.read(
      db
        .selectFrom('conflict')
        .selectAll()
        .where((eb) => eb.or([eb('new_key', '=', objectKey), eb('existing_key', '=', objectKey)]))
        .limit(1),
    );
    return row === undefined ? undefined : conflictOf(row);
  }

  async resolve(decision: Parameters<Records['resolve']>[0]): Promise<boolean> {
    return await this.#database.write('resolve', {
      id: decision.id,
      state: decision.keep === 'new' ? 'resolving' : 'existing',
      resolved_by: decision.by,
      resolved_at: decision.at,
      existing_key: decision.existing?.key ?? null,
      existing_sha256: decision.existing?.sha256 ?? null,
    });
  }

  async finishResolve(id: string): Promise<void> {
    await this.#database.write('finishResolve', { id });
  }

  async reopen(id: string): Promise<void> {
    await this.#database.write('reopen', { id });
  }

  async conflictsIn(
    states: readonly ConflictRecord['state'][],
    after: string,
    limit: number,
  ): Promise<readonly ConflictRecord[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('conflict')
        .selectAll()
        .where('state', 'in', [...states])
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit),
    );
    return rows.map(conflictOf);
  }

  async addShare(studyInstanceUid: string, owner: string, share: NewShare, at: string): Promise<KeptShare> {
    const row: ShareTable = {
      id: randomUUID(),
      study_instance_uid: studyInstanceUid,
      owner,
      facility: share.facility,
      basis: share.basis,
      evidence: share.evidence,
      expires_at: share.expiresAt ?? null,
      created_at: at,
      created_by: share.by,
      ended_at: null,
      ended_by: null,
    };
    await this.#database.write('addShare', row);
    return shareOf(row);
  }

  async endShare(studyInstanceUid: string, facility: string, by: string, at: string): Promise<boolean> {
    return await this.#database.write('endShare', { study: studyInstanceUid, facility, by, at });
  }

  async endShares(studyInstanceUid: string, owner: string, by: string, at: string): Promise<readonly string[]> {
    return await this.#database.write('endShares', { study: studyInstanceUid, owner, by, at });
  }

  async adoptShare(studyInstanceUid: string, facility: string, owner: string): Promise<void> {
    await this.#database.write('adoptShare', { study: studyInstanceUid, facility, owner });
  }

  async shares(studyInstanceUid: string, now: string): Promise<readonly KeptShare[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('share')
        .selectAll()
        .where('study_instance_uid', '=', studyInstanceUid)
        .where('ended_at', 'is', null)
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
        .orderBy('created_at')
        .orderBy('facility'),
    );
    return rows.map(shareOf);
  }

  async allShares([study, facility]: readonly [string, string], limit: number): Promise<readonly KeptShare[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('share')
        .selectAll()
        .where('ended_at', 'is', null)
        .where(sql<boolean>`(study_instance_uid, facility) > (${study}, ${facility})`)
        .orderBy('study_instance_uid')
        .orderBy('facility')
        .limit(limit),
    );
    return rows.map(shareOf);
  }

  problem(): string | undefined {
    return this.#database.problem();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#database[Symbol.asyncDispose]();
  }
}

function parseCursor(text: string): readonly [receivedAt: string, id: string] {
  const [at, id, ...rest] = text.split('~');
  if (at === undefined || id === undefined || rest.length > 0) {
    throw new ArchiveError('invalid-request', 'after: not a cursor of this list');
  }
  return [at, id];
}

function conflictRow(conflict: ConflictRecord): ConflictTable {
  return {
    id: conflict.id,
    kind: conflict.kind,
    study_instance_uid: conflict.studyInstanceUid,
    series_instance_uid: conflict.seriesInstanceUid,
    sop_instance_uid: conflict.sopInstanceUid,
    facility: conflict.facility,
    from_facility: conflict.fromFacility,
    from_name: conflict.from,
    received_at: conflict.receivedAt,
    new_key: conflict.newKey,
    new_sha256: conflict.newSha256,
    existing_key: conflict.existingKey,
    existing_sha256: conflict.existingSha256,
    state: conflict.state,
    resolved_by: conflict.resolvedBy,
    resolved_at: conflict.resolvedAt,
  };
}

function conflictOf(row: ConflictTable): ConflictRecord {
  return {
    id: row.id,
    kind: row.kind,
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    facility: row.facility,
    fromFacility: row.from_facility,
    from: row.from_name,
    receivedAt: row.received_at,
    newKey: row.new_key,
    newSha256: row.new_sha256,
    existingKey: row.existing_key,
    existingSha256: row.existing_sha256,
    state: row.state,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
  };
}

function shareOf(row: ShareTable): KeptShare {
  return {
    owner: row.owner,
    studyInstanceUid: row.study_instance_uid,
    facility: row.facility,
    basis: row.basis,
    evidence: row.evidence,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    by: row.created_by,
    createdAt: row.created_at,
  };
}
