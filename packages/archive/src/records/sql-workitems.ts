import type { Database } from '@filmless/database';
import { type DataSet, firstText, stringifyDicomJson, TAG } from '@filmless/dicom';
import { sql } from 'kysely';
import { startOf } from '../core/workitems/data-set.ts';
import type { NewWorkitem, Workitem, WorkitemChange, WorkitemState } from '../core/workitems/model.ts';
import type { Forget, WorkitemQuery, WorkitemRecords, WorkitemWatch } from '../core/workitems/workitem-records.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';
import type { WorkitemTable } from './workitem-tables.ts';

/** The worklist in the records' database. */
export class SqlWorkitems implements WorkitemRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async add({ uid, facility, attributes, createdAt }: NewWorkitem, forget: Forget): Promise<boolean> {
    const workitem: WorkitemTable = {
      uid,
      facility,
      state: 'SCHEDULED',
      transaction_uid: null,
      start_at: startOf(attributes),
      patient_id: firstText(attributes, TAG.PatientID)?.trim() ?? '',
      attributes: stringifyDicomJson(attributes),
      created_at: createdAt,
      updated_at: createdAt,
      ended_at: null,
      version: 1,
    };
    return await this.#database.write('addWorkitem', { workitem, forget });
  }

  async forget(facility: string, forget: Forget): Promise<void> {
    await this.#database.write('forgetWorkitems', { facility, forget });
  }

  async find(uid: string, facilities: 'all' | readonly string[]): Promise<Workitem | undefined> {
    const [found] = await this.page({ facilities, uids: [uid], limit: 1 });
    return found;
  }

  async change({ uid, version, state, transactionUid, attributes, at }: WorkitemChange): Promise<boolean> {
    const row = {
      state,
      transaction_uid: transactionUid,
      start_at: startOf(attributes),
      attributes: stringifyDicomJson(attributes),
      updated_at: at,
      ended_at: isFinal(state) ? at : null,
    };
    return await this.#database.write('changeWorkitem', { uid, version, row });
  }

  async page({
    facilities,
    uids,
    states,
    patientId,
    subscriber,
    from,
    to,
    after,
    limit,
  }: WorkitemQuery): Promise<readonly Workitem[]> {
    if (facilities.length === 0) {
      return [];
    }
    let query = db.selectFrom('workitem').selectAll();
    if (facilities !== 'all') {
      query = query.where('facility', 'in', [...facilities]);
    }
    if (uids !== undefined) {
      query = query.where('uid', 'in', [...uids]);
    }
    if (states !== undefined) {
      query = query.where('state', 'in', [...states]);
    }
    if (patientId !== undefined) {
      query = query.where('patient_id', '=', patientId);
    }
    if (subscriber !== undefined) {
      const told = db.selectFrom('workitem_subscription').select('uid').where('ae_title', '=', subscriber);
      query = query.where('uid', 'in', told);
    }
    if (from !== undefined) {
      query = query.where('start_at', '>=', from);
    }
    if (to !== undefined) {
      query = query.where('start_at', '<=', to);
    }
    if (after !== undefined) {
      query = query.where(sql<boolean>`(start_at, uid) > (${after.start}, ${after.uid})`);
    }
    const rows = await this.#database.read(query.orderBy('start_at').orderBy('uid').limit(limit));
    return rows.map(workitemOf);
  }

  async count(facility: string): Promise<number> {
    const [row] = await this.#database.read(
      db
        .selectFrom('workitem')
        .select((expression) => expression.fn.countAll<number>().as('count'))
        .where('facility', '=', facility),
    );
    return row?.count ?? 0;
  }

  async subscribers(uid: string): Promise<readonly string[]> {
    const rows = await this.#database.read(
      db.selectFrom('workitem_subscription').select('ae_title').where('uid', '=', uid).orderBy('ae_title'),
    );
    return rows.map(({ ae_title }) => ae_title);
  }

  async subscribe(uid: string, aeTitle: string, locked: boolean): Promise<boolean> {
    return await this.#database.write('subscribeWorkitem', { uid, ae_title: aeTitle, locked: Number(locked) });
  }

  async unsubscribe(uid: string, aeTitle: string): Promise<boolean> {
    return await this.#database.write('unsubscribeWorkitem', { uid, ae_title: aeTitle });
  }

  async watch({ facilities, aeTitle, locked, filter, by, at }: WorkitemWatch, most: number): Promise<string | undefined> {
    const watcher = {
      ae_title: aeTitle,
      locked: Number(locked),
      filter: filter === null ? null : JSON.stringify(filter),
      created_at: at,
      created_by: by,
    };
    return await this.#database.write('watchWorkitems', { facilities, watcher, most });
  }

  async subscribeToAll(facility: string, aeTitle: string): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; ) {
      after = await this.#database.write('subscribeSome', { facility, ae_title: aeTitle, after });
    }
  }

  async unwatch(facility: string, aeTitle: string, keep: boolean): Promise<boolean> {
    return await this.#database.write('unwatchWorkitems', { facility, ae_title: aeTitle, keep });
  }
}

function isFinal(state: WorkitemState): boolean {
  return state === 'COMPLETED' || state === 'CANCELED';
}

function workitemOf(row: WorkitemTable): Workitem {
  return {
    uid: row.uid,
    facility: row.facility,
    state: row.state,
    transactionUid: row.transaction_uid,
    attributes: JSON.parse(row.attributes) as DataSet,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
