import type { Database } from '@filmless/database';
import { parseDicomJson, stringifyDicomJson } from '@filmless/dicom';
import { sql } from 'kysely';
import { ArchiveError } from '../core/errors.ts';
import type { PerformedFacts } from '../core/orders/order-records.ts';
import type {
  AwaitedInstance,
  KeptPerformed,
  NewPerformed,
  PerformedOfStudy,
  PerformedQuery,
  PerformedRecords,
} from '../core/orders/performed-records.ts';
import type { PerformedStepTable } from './order-tables.ts';
import { performedFacts, performedSummary } from './performed-rows.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

/** Asked for at a time. */
const UIDS = 1_000;

/** Performed procedure steps in the records' file. */
export class SqlPerformed implements PerformedRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async createPerformed(step: NewPerformed): Promise<readonly number[] | undefined> {
    const { sopInstanceUid, facility, content, at } = step;
    const scheduled = content.scheduled.map(({ studyInstanceUid, accessionNumber, stepId }, position) => ({
      position,
      study_instance_uid: studyInstanceUid,
      accession_number: accessionNumber,
      step_id: stepId,
    }));
    const row = { ...columns(step), sop_instance_uid: sopInstanceUid, facility, patient_id: content.patientId, created_at: at };
    return await this.#database.write('createPerformed', { step: row, scheduled, awaited: awaitedRows(step) });
  }

  async setPerformed(step: NewPerformed & { readonly version: number }): Promise<readonly number[] | undefined> {
    const { sopInstanceUid, version } = step;
    const args = { sop_instance_uid: sopInstanceUid, version, step: columns(step), awaited: awaitedRows(step) };
    return await this.#database.write('setPerformed', args);
  }

  async performed(sopInstanceUid: string): Promise<KeptPerformed | undefined> {
    const [row] = await this.#database.read(
      db.selectFrom('performed_step').selectAll().where('sop_instance_uid', '=', sopInstanceUid),
    );
    return row === undefined ? undefined : { ...performedFacts(row), dataSet: parseKept(row.data_set), version: row.version };
  }

  async listPerformed(query: PerformedQuery, facilities: 'all' | readonly string[]): Promise<readonly PerformedFacts[]> {
    if (facilities.length === 0) {
      return [];
    }
    let rows = db.selectFrom('performed_step').select(performedSummary);
    if (facilities !== 'all') {
      rows = rows.where('facility', 'in', [...facilities]);
    }
    const { studyInstanceUid, state, after } = query;
    if (studyInstanceUid !== undefined) {
      rows = rows.where('sop_instance_uid', 'in', (schedule) =>
        schedule.selectFrom('performed_schedule').select('sop_instance_uid').where('study_instance_uid', '=', studyInstanceUid),
      );
    }
    if (state !== undefined) {
      rows = rows.where('state', '=', state);
    }
    if (after !== undefined) {
      const [at, uid] = parseCursor(after);
      rows = rows.where(sql<boolean>`(created_at, sop_instance_uid) < (${at}, ${uid})`);
    }
    const found = await this.#database.read(
      rows
        .orderBy('created_at', 'desc')
        .orderBy('sop_instance_uid', 'desc')
        .limit(query.limit + 1),
    );
    return found.map(performedFacts);
  }

  async performedOfStudies(studyInstanceUids: readonly string[]): Promise<readonly PerformedOfStudy[]> {
    if (studyInstanceUids.length === 0) {
      return [];
    }
    const rows = await this.#database.read(
      db
        .selectFrom('performed_schedule')
        .innerJoin('performed_step', 'performed_step.sop_instance_uid', 'performed_schedule.sop_instance_uid')
        .select(performedSummary)
        .select('performed_schedule.study_instance_uid as study_instance_uid')
        .distinct()
        .where('performed_schedule.study_instance_uid', 'in', [...studyInstanceUids]),
    );
    return rows.map((row) => ({ ...performedFacts(row), studyInstanceUid: row.study_instance_uid }));
  }

  async countAwaited(studyInstanceUids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (studyInstanceUids.length === 0) {
      return new Map();
    }
    const rows = await this.#database.read(
      db
        .selectFrom('awaited_instance')
        .select((eb) => ['study_instance_uid', eb.fn.countAll<number>().as('count')])
        .where('study_instance_uid', 'in', [...studyInstanceUids])
        .groupBy('study_instance_uid'),
    );
    return new Map(rows.map((row) => [row.study_instance_uid, row.count]));
  }

  async awaitedAmong(sopInstanceUids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let from = 0; from < sopInstanceUids.length; from += UIDS) {
      const some = sopInstanceUids.slice(from, from + UIDS);
      const rows = await this.#database.read(
        db.selectFrom('awaited_instance').select('sop_instance_uid').where('sop_instance_uid', 'in', some),
      );
      for (const { sop_instance_uid } of rows) {
        found.add(sop_instance_uid);
      }
    }
    return found;
  }

  async awaitedStudies(limit: number): Promise<readonly string[]> {
    const rows = await this.#database.read(
      db.selectFrom('awaited_instance').select('study_instance_uid').distinct().limit(limit),
    );
    return rows.map((row) => row.study_instance_uid);
  }

  async awaited(after: AwaitedInstance | undefined, limit: number): Promise<readonly AwaitedInstance[]> {
    let rows = db.selectFrom('awaited_instance').selectAll();
    if (after !== undefined) {
      const { studyInstanceUid, sopInstanceUid } = after;
      rows = rows.where(sql<boolean>`(study_instance_uid, sop_instance_uid) > (${studyInstanceUid}, ${sopInstanceUid})`);
    }
    const found = await this.#database.read(rows.orderBy('study_instance_uid').orderBy('sop_instance_uid').limit(limit));
    return found.map((row) => ({ studyInstanceUid: row.study_instance_uid, sopInstanceUid: row.sop_instance_uid }));
  }

  async arrived(sopInstanceUids: readonly string[]): Promise<void> {
    if (sopInstanceUids.length > 0) {
      await this.#database.write('arrived', { uids: sopInstanceUids });
    }
  }
}

type Columns = Pick<
  PerformedStepTable,
  'state' | 'station' | 'modality' | 'start_at' | 'end_at' | 'named' | 'data_set' | 'updated_at'
>;

function columns({ content, dataSet, at }: NewPerformed): Columns {
  return {
    state: content.state,
    station: content.stationAeTitle,
    modality: content.modality,
    start_at: content.start,
    end_at: content.end,
    named: content.instances.length,
    data_set: stringifyDicomJson(dataSet),
    updated_at: at,
  };
}

/** What a final step names is awaited until it is found here: under the study it was scheduled for. */
function awaitedRows({
  content,
}: NewPerformed): readonly { readonly study_instance_uid: string; readonly sop_instance_uid: string }[] {
  const study = content.scheduled.find(({ studyInstanceUid }) => studyInstanceUid !== '')?.studyInstanceUid;
  if (content.state === 'IN PROGRESS' || study === undefined) {
    return [];
  }
  return content.instances.map((sop_instance_uid) => ({ study_instance_uid: study, sop_instance_uid }));
}

/** NOTE: written by this class alone, from what was a data set. */
function parseKept(text: string): ReturnType<typeof parseDicomJson> {
  const value: unknown = JSON.parse(text);
  return parseDicomJson(value);
}

function parseCursor(text: string): readonly [createdAt: string, uid: string] {
  const [at, uid, ...rest] = text.split('~');
  if (at === undefined || uid === undefined || rest.length > 0) {
    throw new ArchiveError('invalid-request', 'after: not a cursor of this list');
  }
  return [at, uid];
}
