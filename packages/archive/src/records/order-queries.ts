import { type Compilable, type RawBuilder, sql } from 'kysely';
import { ArchiveError } from '../core/errors.ts';
import type { OrderQuery, OrderState } from '../core/orders/model.ts';
import type { ImagingOrderTable } from './order-tables.ts';
import { db } from './tables.ts';

type Condition = RawBuilder<unknown>;

export type FoundRow = ImagingOrderTable & { readonly step_start: string };

/** A query written with `sql`, for the database to run. */
function query<O>(raw: RawBuilder<O>): Compilable<O> {
  return { compile: () => raw.compile(db) };
}

/** Names found by their words up to which these lead a search; more are met soon on a walk along the time. */
export const RARE_NAMES = 10_000;

/** Words hold letters and digits only. */
function fullText(words: readonly string[]): string {
  return words.map((word) => `"${word}"*`).join(' AND ');
}

/** How many names have these words, counted no further than shows whether they are few. */
export function countNames(words: readonly string[]): Compilable<{ readonly count: number }> {
  return query(sql<{ readonly count: number }>`
    SELECT count(*) AS count FROM (SELECT 1 FROM order_words WHERE order_words MATCH ${fullText(words)} LIMIT ${RARE_NAMES + 1})`);
}

export interface ListPlan {
  readonly words: readonly string[];
  /** True when few names have the words. */
  readonly rareName: boolean;
}

/**
 * A page of orders, one row each: the row of its first step that matches, in the order asked for. One row more than the limit
 * says that there is a next page.
 * @throws ArchiveError `invalid-request` for a cursor that is none
 */
export function listOrders(list: OrderQuery, facilities: 'all' | readonly string[], plan: ListPlan): Compilable<FoundRow> {
  const up = list.sort === 'start';
  const direction = up ? sql`ASC` : sql`DESC`;
  const before = up ? sql`<` : sql`>`;
  const earlier = [
    sql`e.order_id = s.order_id`,
    ...stepConditions(sql`+e`, list),
    sql`(+e.start_at, e.position) ${before} (s.start_at, s.position)`,
  ];
  // NOTE: a plus keeps SQLite from looking for a step by anything but its order, where the order is known: its guess would be worse.
  const step = isSelective(list) || (plan.words.length > 0 && plan.rareName) ? sql`+s` : sql`s`;
  const conditions = [
    ...scopeConditions(step, list, facilities),
    ...stepConditions(step, list),
    ...stateConditions(list.states),
    ...orderConditions(list, plan),
    ...(list.after === undefined ? [] : [afterCursor(list.after, up)]),
    sql`NOT EXISTS (SELECT 1 FROM order_step AS e WHERE ${sql.join(earlier, sql` AND `)})`,
  ];
  return query(sql<FoundRow>`
    SELECT o.*, s.start_at AS step_start FROM ${fromOf(list, facilities, plan)} WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY s.start_at ${direction}, s.order_id ${direction} LIMIT ${list.limit + 1}`);
}

/** What leads: the index that finds few rows, else a walk along the time that needs no sort. */
function fromOf(list: OrderQuery, facilities: 'all' | readonly string[], plan: ListPlan): RawBuilder<unknown> {
  if (isSelective(list)) {
    return sql`imaging_order AS o CROSS JOIN order_step AS s ON s.order_id = o.id`;
  }
  if (plan.words.length > 0 && plan.rareName) {
    return sql`order_words CROSS JOIN imaging_order AS o ON o.id = order_words.rowid CROSS JOIN order_step AS s ON s.order_id = o.id`;
  }
  return sql`order_step AS s INDEXED BY ${sql.ref(walkIndex(list, facilities))} CROSS JOIN imaging_order AS o ON o.id = s.order_id`;
}

function isSelective({ accessionNumber, patientId, studyInstanceUid }: OrderQuery): boolean {
  return accessionNumber !== undefined || patientId !== undefined || studyInstanceUid !== undefined;
}

function walkIndex(list: OrderQuery, facilities: 'all' | readonly string[]): string {
  if (onlyOpen(list.states)) {
    return 'order_step_open';
  }
  if (list.stations.length === 1) {
    return 'order_step_station';
  }
  return facilities !== 'all' && facilities.length === 1 ? 'order_step_facility' : 'order_step_start';
}

function onlyOpen(states: readonly OrderState[]): boolean {
  return states.length > 0 && states.every((state) => state === 'SCHEDULED' || state === 'IN_PROGRESS');
}

function anyValue(column: RawBuilder<unknown>, values: readonly string[]): Condition {
  const [only] = values;
  if (only === undefined) {
    return sql`0`;
  }
  return values.length === 1 ? sql`${column} = ${only}` : sql`${column} IN (${sql.join(values.map((value) => sql.val(value)))})`;
}

/** The caller's reach, before paging. */
function scopeConditions(
  step: RawBuilder<unknown>,
  { facility }: OrderQuery,
  facilities: 'all' | readonly string[],
): readonly Condition[] {
  return [
    ...(facilities === 'all' ? [] : [anyValue(sql`${step}.facility`, facilities)]),
    ...(facility === undefined ? [] : [sql`${step}.facility = ${facility}`]),
  ];
}

function stepConditions(step: RawBuilder<unknown>, list: OrderQuery): readonly Condition[] {
  return [
    ...(list.modalities.length === 0 ? [] : [anyValue(sql`${step}.modality`, list.modalities)]),
    ...(list.stations.length === 0 ? [] : [anyValue(sql`${step}.station`, list.stations)]),
    ...(list.from === undefined ? [] : [sql`${step}.start_at >= ${list.from}`]),
    ...(list.to === undefined ? [] : [sql`${step}.start_at <= ${list.to}`]),
  ];
}

function stateConditions(states: readonly OrderState[]): readonly Condition[] {
  if (states.length === 0) {
    return [];
  }
  // The first condition is the index's own, word for word, so that it may be used.
  const open = onlyOpen(states) ? [sql`s.order_state IN ('SCHEDULED', 'IN_PROGRESS')`] : [];
  return [...open, anyValue(sql`s.order_state`, states)];
}

function orderConditions(list: OrderQuery, { words, rareName }: ListPlan): readonly Condition[] {
  const { accessionNumber, patientId, studyInstanceUid } = list;
  const leads = rareName && !isSelective(list);
  return [
    ...(accessionNumber === undefined ? [] : [sql`o.accession_number = ${accessionNumber}`]),
    ...(patientId === undefined ? [] : [sql`o.patient_id = ${patientId}`]),
    ...(studyInstanceUid === undefined ? [] : [sql`o.study_instance_uid = ${studyInstanceUid}`]),
    ...(words.length > 0 && leads ? [sql`order_words MATCH ${fullText(words)}`] : []),
    ...words.map((word) => sql`instr(o.name_words, ${` ${word}`}) > 0`),
  ];
}

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})~(\d{1,15})$/;

function afterCursor(text: string, up: boolean): Condition {
  const [, start, id] = CURSOR.exec(text) ?? [];
  if (start === undefined || id === undefined) {
    throw new ArchiveError('invalid-request', 'after: not a cursor of this list');
  }
  return up
    ? sql`(s.start_at, s.order_id) > (${start}, ${Number(id)})`
    : sql`(s.start_at, s.order_id) < (${start}, ${Number(id)})`;
}
