import { byEngine } from '@filmless/database';
import { type Compilable, type RawBuilder, sql } from 'kysely';
import { ArchiveError } from '../core/errors.ts';
import type { OrderQuery, OrderState } from '../core/orders/model.ts';
import type { ImagingOrderTable } from './order-tables.ts';
import { indexedWord } from './order-words.ts';
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

/** Names that have a word, on PostgreSQL. Words hold letters and digits only, so none has the last character of all. */
function withWord(word: string): Condition {
  const first = indexedWord(word);
  return sql`SELECT order_id FROM order_word WHERE word >= ${first} AND word < ${`${first}\u{10ffff}`}`;
}

interface NamesFound {
  /** Names that have the words, or the rarest of them; counted no further than shows whether they are few. */
  readonly count: number;
  /** Which of the words is the rarest. */
  readonly word: number;
}

export function countNames(words: readonly string[]): Compilable<NamesFound> {
  return byEngine({
    sqlite: () =>
      query(sql<NamesFound>`SELECT count(*) AS count, 0 AS word
        FROM (SELECT 1 FROM order_words WHERE order_words MATCH ${fullText(words)} LIMIT ${RARE_NAMES + 1})`),
    postgres: () => {
      const each = words.map(
        (word, index) => sql`SELECT count(*) AS count, ${sql.lit(index)} AS word
          FROM (${withWord(word)} LIMIT ${RARE_NAMES + 1}) AS found_${sql.raw(String(index))}`,
      );
      return query(sql<NamesFound>`${sql.join(each, sql` UNION ALL `)} ORDER BY count, word LIMIT 1`);
    },
  });
}

export interface ListPlan {
  readonly words: readonly string[];
  /** True when few names have the words. */
  readonly rareName: boolean;
  /** Which of the words is the rarest, where that is known. */
  readonly rarest?: number;
}

/** What the engines write differently. */
interface Dialect {
  readonly from: (list: OrderQuery, facilities: 'all' | readonly string[], plan: ListPlan) => RawBuilder<unknown>;
  /** Keeps SQLite from looking for a step by anything but its order, where the order is known: its guess would be worse. */
  readonly unguessed: RawBuilder<unknown>;
  readonly byName: (plan: ListPlan) => Condition;
  readonly contains: RawBuilder<unknown>;
}

const SQLITE: Dialect = {
  from: fromOf,
  unguessed: sql`+`,
  byName: ({ words }) => sql`order_words MATCH ${fullText(words)}`,
  contains: sql`instr`,
};

/** It has statistics, and finds the way by itself. */
const POSTGRES: Dialect = {
  from: () => sql`order_step AS s JOIN imaging_order AS o ON o.id = s.order_id`,
  unguessed: sql``,
  byName: ({ words, rarest = 0 }) => sql`o.id IN (${withWord(words[rarest] ?? '')})`,
  contains: sql`strpos`,
};

/**
 * A page of orders, one row each: the row of its first step that matches, in the order asked for. One row more than the limit
 * says that there is a next page.
 * @throws ArchiveError `invalid-request` for a cursor that is none
 */
export function listOrders(list: OrderQuery, facilities: 'all' | readonly string[], plan: ListPlan): Compilable<FoundRow> {
  const cursor = list.after === undefined ? [] : [afterCursor(list.after, list.sort === 'start')];
  return byEngine({
    sqlite: () => listWith(SQLITE, list, facilities, plan, cursor),
    postgres: () => listWith(POSTGRES, list, facilities, plan, cursor),
  });
}

function listWith(
  dialect: Dialect,
  list: OrderQuery,
  facilities: 'all' | readonly string[],
  plan: ListPlan,
  cursor: readonly Condition[],
): Compilable<FoundRow> {
  const up = list.sort === 'start';
  const direction = up ? sql`ASC` : sql`DESC`;
  const before = up ? sql`<` : sql`>`;
  const { unguessed } = dialect;
  const earlier = [
    sql`e.order_id = s.order_id`,
    ...stepConditions(sql`${unguessed}e`, list),
    sql`(${unguessed}e.start_at, e.position) ${before} (s.start_at, s.position)`,
  ];
  const step = isSelective(list) || (plan.words.length > 0 && plan.rareName) ? sql`${unguessed}s` : sql`s`;
  const conditions = [
    ...scopeConditions(step, list, facilities),
    ...stepConditions(step, list),
    ...stateConditions(list.states),
    ...orderConditions(dialect, list, plan),
    ...cursor,
    sql`NOT EXISTS (SELECT 1 FROM order_step AS e WHERE ${sql.join(earlier, sql` AND `)})`,
  ];
  return query(sql<FoundRow>`
    SELECT o.*, s.start_at AS step_start FROM ${dialect.from(list, facilities, plan)} WHERE ${sql.join(conditions, sql` AND `)}
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
    return sql`1 = 0`;
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

function orderConditions(dialect: Dialect, list: OrderQuery, plan: ListPlan): readonly Condition[] {
  const { words, rareName } = plan;
  const { accessionNumber, patientId, studyInstanceUid } = list;
  const leads = rareName && !isSelective(list);
  return [
    ...(accessionNumber === undefined ? [] : [sql`o.accession_number = ${accessionNumber}`]),
    ...(patientId === undefined ? [] : [sql`o.patient_id = ${patientId}`]),
    ...(studyInstanceUid === undefined ? [] : [sql`o.study_instance_uid = ${studyInstanceUid}`]),
    ...(words.length > 0 && leads ? [dialect.byName(plan)] : []),
    ...words.map((word) => sql`${dialect.contains}(o.name_words, ${` ${word}`}) > 0`),
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
