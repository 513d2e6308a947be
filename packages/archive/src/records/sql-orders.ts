import type { Database } from '@filmless/database';
import { searchWords, wordsOf } from '@filmless/dicom';
import { sql } from 'kysely';
import type { OrderDocument, OrderQuery } from '../core/orders/model.ts';
import type {
  AddedOrder,
  FoundOrder,
  KeptOrder,
  Match,
  OrderChange,
  OrderRecords,
  PerformedOfOrder,
} from '../core/orders/order-records.ts';
import { matchOf } from './match-rows.ts';
import { countNames, listOrders, RARE_NAMES } from './order-queries.ts';
import type { ImagingOrderTable, OrderStepTable } from './order-tables.ts';
import { performedFacts, performedSummary } from './performed-rows.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

type Facilities = 'all' | readonly string[];

/** Orders in the records' file. */
export class SqlOrders implements OrderRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async addOrder(document: OrderDocument, at: string): Promise<AddedOrder> {
    const { facility, accessionNumber } = document;
    const order = { ...searched(document), facility, accession_number: accessionNumber, created_at: at, updated_at: at };
    return await this.#database.write('addOrder', { order, steps: stepRows(document) });
  }

  async replaceOrder(change: OrderChange, document: OrderDocument): Promise<boolean> {
    return await this.#database.write('replaceOrder', { ...change, order: searched(document), steps: stepRows(document) });
  }

  async cancelOrder(change: OrderChange): Promise<boolean> {
    return await this.#database.write('cancelOrder', change);
  }

  async byAccession(accessionNumber: string, facilities: Facilities): Promise<readonly KeptOrder[]> {
    let query = db.selectFrom('imaging_order').selectAll().where('accession_number', '=', accessionNumber);
    if (facilities !== 'all') {
      query = query.where('facility', 'in', [...facilities]);
    }
    return await this.#withSteps(await this.#database.read(query.orderBy('facility')));
  }

  async byId(ids: readonly number[]): Promise<readonly KeptOrder[]> {
    if (ids.length === 0) {
      return [];
    }
    const rows = await this.#database.read(
      db
        .selectFrom('imaging_order')
        .selectAll()
        .where('id', 'in', [...ids]),
    );
    return await this.#withSteps(rows);
  }

  async byStudyUid(studyInstanceUid: string, facility: string): Promise<readonly KeptOrder[]> {
    const query = db
      .selectFrom('imaging_order')
      .selectAll()
      .where('study_instance_uid', '=', studyInstanceUid)
      .where('facility', '=', facility)
      .orderBy('id');
    return await this.#withSteps(await this.#database.read(query));
  }

  async list(query: OrderQuery, facilities: Facilities): Promise<readonly FoundOrder[]> {
    if (facilities.length === 0) {
      return [];
    }
    const words = searchWords(query.name ?? '');
    const [names] = words.length === 0 ? [] : await this.#database.read(countNames(words));
    const plan = { words, rareName: names !== undefined && names.count <= RARE_NAMES, rarest: names?.word ?? 0 };
    const rows = await this.#database.read(listOrders(query, facilities, plan));
    const orders = await this.#withSteps(rows);
    return orders.map((order, index) => ({ order, start: rows[index]?.step_start ?? '' }));
  }

  async lastAccession(prefix: string, facility: string): Promise<string | undefined> {
    const [row] = await this.#database.read(
      db
        .selectFrom('imaging_order')
        .select('accession_number')
        .where('accession_number', '>=', prefix)
        .where('accession_number', '<', `${prefix}\u{10ffff}`)
        .where('facility', '=', facility)
        .orderBy(sql`length(accession_number)`, 'desc')
        .orderBy('accession_number', 'desc')
        .limit(1),
    );
    return row?.accession_number;
  }

  async performedOf(orderIds: readonly number[]): Promise<readonly PerformedOfOrder[]> {
    if (orderIds.length === 0) {
      return [];
    }
    const rows = await this.#database.read(
      db
        .selectFrom('performed_schedule')
        .innerJoin('performed_step', 'performed_step.sop_instance_uid', 'performed_schedule.sop_instance_uid')
        .select(performedSummary)
        .select(['performed_schedule.order_id as order_id', 'performed_schedule.step_id as step_id'])
        .where('performed_schedule.order_id', 'in', [...orderIds])
        .orderBy('performed_step.created_at')
        .orderBy('performed_step.sop_instance_uid'),
    );
    return rows.map((row) => ({ ...performedFacts(row), orderId: row.order_id ?? 0, stepId: row.step_id }));
  }

  async matchesOfOrders(orderIds: readonly number[]): Promise<readonly Match[]> {
    if (orderIds.length === 0) {
      return [];
    }
    const rows = await this.#database.read(
      db
        .selectFrom('study_match')
        .selectAll()
        .where('order_id', 'in', [...orderIds])
        .orderBy('matched_at')
        .orderBy('study_instance_uid'),
    );
    return rows.map(matchOf);
  }

  async anyOrder(): Promise<boolean> {
    return (await this.#database.read(db.selectFrom('imaging_order').select('id').limit(1))).length > 0;
  }

  /** The orders of rows, in the same order. */
  async #withSteps(rows: readonly ImagingOrderTable[]): Promise<readonly KeptOrder[]> {
    if (rows.length === 0) {
      return [];
    }
    const ids = rows.map(({ id }) => id);
    const steps = await this.#database.read(
      db
        .selectFrom('order_step')
        .select(['order_id', 'state'])
        .where('order_id', 'in', ids)
        .orderBy('order_id')
        .orderBy('position'),
    );
    const states = Map.groupBy(steps, ({ order_id }) => order_id);
    return rows.map((row) =>
      keptOrder(
        row,
        (states.get(row.id) ?? []).map(({ state }) => state),
      ),
    );
  }
}

function keptOrder(row: ImagingOrderTable, stepStates: KeptOrder['stepStates']): KeptOrder {
  return {
    id: row.id,
    document: parseDocument(row.document),
    state: row.state,
    stepStates,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** NOTE: written by this class alone, from what the core had checked. */
function parseDocument(text: string): OrderDocument {
  return JSON.parse(text) as OrderDocument;
}

function searched(
  document: OrderDocument,
): Pick<ImagingOrderTable, 'study_instance_uid' | 'patient_id' | 'name_words' | 'document'> {
  return {
    study_instance_uid: document.studyInstanceUid,
    patient_id: document.patient.id,
    name_words: wordsOf(document.patient.name.replaceAll('=', ' '))
      .map((word) => ` ${word}`)
      .join(''),
    document: JSON.stringify(document),
  };
}

function stepRows({
  steps,
}: OrderDocument): readonly Pick<OrderStepTable, 'position' | 'step_id' | 'modality' | 'station' | 'start_at'>[] {
  return steps.map(({ id, modality, stationAeTitle = '', start }, position) => ({
    position,
    step_id: id,
    modality,
    station: stationAeTitle,
    start_at: start,
  }));
}
