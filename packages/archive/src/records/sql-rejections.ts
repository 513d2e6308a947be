import type { Database } from '@filmless/database';
import { sql } from 'kysely';
import { ArchiveError } from '../core/errors.ts';
import type { RejectedInstance, Rejection, RejectionQuery, RejectionState } from '../core/rejections/model.ts';
import type { RejectionRecords } from '../core/rejections/rejection-records.ts';
import { HOLDING, type RejectedInstanceTable, type RejectionTable } from './rejection-tables.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

/** What was sent again after these stays rejected; after retention has expired, or a deletion, it is stored anew. */
const FOR_GOOD = ['113001', '113037', '113038'] as const;

/** What was taken out of sight, in the records' database. */
export class SqlRejections implements RejectionRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async add(rejection: Rejection, instances: readonly RejectedInstance[]): Promise<boolean> {
    return await this.#database.write('addRejection', {
      rejection: rowOf(rejection),
      instances: instances.map((instance) => ({
        object_key: instance.objectKey,
        series_instance_uid: instance.seriesInstanceUid,
        sop_instance_uid: instance.sopInstanceUid,
        sop_class_uid: instance.sopClassUid,
        transfer_syntax_uid: instance.transferSyntaxUid,
        sha256: instance.sha256,
        size: instance.size,
      })),
    });
  }

  async find(id: string): Promise<Rejection | undefined> {
    const [row] = await this.#database.read(db.selectFrom('rejection').selectAll().where('id', '=', id));
    return row === undefined ? undefined : rejectionOf(row);
  }

  async list(
    facilities: 'all' | readonly string[],
    { studyInstanceUid, state, limit, after }: RejectionQuery,
  ): Promise<readonly Rejection[]> {
    let query = db.selectFrom('rejection').selectAll();
    if (facilities !== 'all') {
      query = query.where('facility', 'in', [...facilities]);
    }
    if (studyInstanceUid !== undefined) {
      query = query.where('study_instance_uid', '=', studyInstanceUid);
    }
    if (state !== undefined) {
      query = query.where('state', '=', state);
    }
    if (after !== undefined) {
      const [at, id, ...rest] = after.split('~');
      if (at === undefined || id === undefined || rest.length > 0) {
        throw new ArchiveError('invalid-request', 'after: not a cursor of this list');
      }
      query = query.where(sql<boolean>`(at, id) < (${at}, ${id})`);
    }
    const rows = await this.#database.read(query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit));
    return rows.map(rejectionOf);
  }

  async instances(id: string, after: string, limit: number): Promise<readonly RejectedInstance[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('rejected_instance')
        .selectAll()
        .where('rejection_id', '=', id)
        .where('object_key', '>', after)
        .orderBy('object_key')
        .limit(limit),
    );
    return rows.map(instanceOf);
  }

  async instance(id: string, sopInstanceUid: string): Promise<RejectedInstance | undefined> {
    const [row] = await this.#database.read(
      db
        .selectFrom('rejected_instance')
        .selectAll()
        .where('rejection_id', '=', id)
        .where('sop_instance_uid', '=', sopInstanceUid)
        .limit(1),
    );
    return row === undefined ? undefined : instanceOf(row);
  }

  async move(
    id: string,
    from: RejectionState,
    to: RejectionState,
    end?: Parameters<RejectionRecords['move']>[3],
  ): Promise<boolean> {
    return await this.#database.write('moveRejection', {
      id,
      from,
      to,
      end: end === undefined ? null : { ended_by: end.by, ended_at: end.at },
    });
  }

  async inStates(states: readonly RejectionState[], after: string, limit: number): Promise<readonly Rejection[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('rejection')
        .selectAll()
        .where('state', 'in', [...states])
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit),
    );
    return rows.map(rejectionOf);
  }

  async due(now: string, limit: number): Promise<readonly Rejection[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('rejection')
        .selectAll()
        .where('state', '=', 'hidden')
        .where('remove_after', '<=', now)
        .orderBy('remove_after')
        .limit(limit),
    );
    return rows.map(rejectionOf);
  }

  async holds(objectKey: string, except = ''): Promise<boolean> {
    const rows = await this.#database.read(
      db
        .selectFrom('rejected_instance')
        .innerJoin('rejection', 'rejection.id', 'rejected_instance.rejection_id')
        .select('rejection.id')
        .where('object_key', '=', objectKey)
        .where('rejection.id', '<>', except)
        .where('state', 'in', HOLDING)
        .limit(1),
    );
    return rows.length > 0;
  }

  async studiesWithRejected(limit: number): Promise<readonly string[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('rejection')
        .select('study_instance_uid')
        .distinct()
        .where('code', 'in', FOR_GOOD)
        .where('state', 'in', HOLDING)
        .limit(limit),
    );
    return rows.map((row) => row.study_instance_uid);
  }

  async hasRejected(studyInstanceUid: string): Promise<boolean> {
    const rows = await this.#database.read(
      db
        .selectFrom('rejection')
        .select('id')
        .where('study_instance_uid', '=', studyInstanceUid)
        .where('code', 'in', FOR_GOOD)
        .where('state', 'in', HOLDING)
        .limit(1),
    );
    return rows.length > 0;
  }

  async isRejected(sopInstanceUid: string, sha256: string, facility: string): Promise<boolean> {
    const rows = await this.#database.read(
      db
        .selectFrom('rejected_instance')
        .innerJoin('rejection', 'rejection.id', 'rejected_instance.rejection_id')
        .select('rejection.id')
        .where('sop_instance_uid', '=', sopInstanceUid)
        .where('sha256', '=', sha256)
        .where('facility', '=', facility)
        .where('code', 'in', FOR_GOOD)
        .where('state', 'in', ['hiding', 'hidden'])
        .limit(1),
    );
    return rows.length > 0;
  }
}

function rowOf(rejection: Rejection): RejectionTable {
  const { studyInstanceUid, patientId, patientName, by, removeAfter, endedBy, endedAt, noteUid, ...same } = rejection;
  return {
    id: same.id,
    kind: same.kind,
    study_instance_uid: studyInstanceUid,
    facility: same.facility,
    code: same.code,
    reason: same.reason,
    patient_id: patientId,
    patient_name: patientName,
    instances: same.instances,
    bytes: same.bytes,
    rejected_by: by,
    at: same.at,
    state: same.state,
    remove_after: removeAfter,
    ended_by: endedBy,
    ended_at: endedAt,
    note_uid: noteUid,
  };
}

function rejectionOf(row: RejectionTable): Rejection {
  return {
    id: row.id,
    kind: row.kind,
    studyInstanceUid: row.study_instance_uid,
    facility: row.facility,
    code: row.code,
    reason: row.reason,
    patientId: row.patient_id,
    patientName: row.patient_name,
    instances: row.instances,
    bytes: row.bytes,
    by: row.rejected_by,
    at: row.at,
    state: row.state,
    removeAfter: row.remove_after,
    endedBy: row.ended_by,
    endedAt: row.ended_at,
    noteUid: row.note_uid,
  };
}

function instanceOf(row: RejectedInstanceTable): RejectedInstance {
  return {
    objectKey: row.object_key,
    seriesInstanceUid: row.series_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    sopClassUid: row.sop_class_uid,
    transferSyntaxUid: row.transfer_syntax_uid,
    sha256: row.sha256,
    size: row.size,
  };
}
