import { createHash } from 'node:crypto';
import type { Row, SqliteSource } from '@filmless/database';
import { keyedValue } from '../postgres/keyed.ts';

/** Tables of what belongs to a study, each behind those it refers to, and how their rows are found. */
const TABLES = {
  study: { where: 'study.id > ? AND study.id <= ?', from: 'study', order: 'study.id' },
  reach: { where: 'study_id > ? AND study_id <= ?', from: 'reach', order: 'reach.study_id, reach.facility' },
  series: { where: 'study_id > ? AND study_id <= ?', from: 'series', order: 'series.study_id, series.id' },
  series_request: {
    where: 'series.study_id > ? AND series.study_id <= ?',
    from: 'series JOIN series_request ON series_request.series_id = series.id',
    order: "series_request.series_id, coalesce(series_request.step_id, ''), coalesce(series_request.procedure_id, '')",
  },
  instance: {
    where: 'series.study_id > ? AND series.study_id <= ?',
    from: 'series JOIN instance ON instance.series_id = series.id',
    order: 'instance.series_id, instance.id',
  },
} as const;

export type StudyTable = keyof typeof TABLES;
export const STUDY_TABLES = Object.keys(TABLES) as readonly StudyTable[];

/** Columns that are each engine's own: the number of a patient. */
const OWN: ReadonlySet<string> = new Set(['patient']);

/** The columns of each table that both engines have. */
export type Columns = Readonly<Record<StudyTable, readonly string[]>>;

export function columnsOf(source: SqliteSource): Columns {
  const of = (table: StudyTable) => source.columns(table).filter((column) => !OWN.has(column));
  return {
    study: of('study'),
    reach: of('reach'),
    series: of('series'),
    series_request: of('series_request'),
    instance: of('instance'),
  };
}

/** The rows of a table that belong to studies of a run of ids; the engine's own names beside them. */
export function rowsOf(table: StudyTable, columns: readonly string[]): string {
  const { from, where, order } = TABLES[table];
  const study = table === 'series_request' || table === 'instance' ? 'series.study_id AS of_study' : '';
  const named = columns.map((column) => `${table}."${column}"`).join(', ');
  return `SELECT ${named}${study === '' ? '' : `, ${study}`} FROM ${from} WHERE ${where} ORDER BY ${order}`;
}

/** What the index has of one study. */
export interface StudyRows {
  readonly id: number;
  readonly uid: string;
  readonly rows: Readonly<Record<StudyTable, readonly Row[]>>;
}

/** Puts rows of a run of studies together, as PostgreSQL has them. */
export function grouped(rows: Readonly<Record<StudyTable, readonly Row[]>>): readonly StudyRows[] {
  const by = (table: StudyTable, column: string) => Map.groupBy(rows[table].map(kept), (row) => Number(row[column]));
  const of = {
    reach: by('reach', 'study_id'),
    series: by('series', 'study_id'),
    series_request: by('series_request', 'of_study'),
    instance: by('instance', 'of_study'),
  };
  return rows.study.map(kept).map((study) => {
    const id = Number(study.id);
    return {
      id,
      uid: String(study.study_instance_uid),
      rows: {
        study: [study],
        reach: of.reach.get(id) ?? [],
        series: of.series.get(id) ?? [],
        series_request: of.series_request.get(id) ?? [],
        instance: of.instance.get(id) ?? [],
      },
    };
  });
}

function kept(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, keyedValue(column, value)]));
}

/** The same for studies that have the same rows. */
export function digestOf(study: StudyRows, columns: Columns): string {
  const hash = createHash('sha256');
  for (const table of STUDY_TABLES) {
    for (const row of study.rows[table]) {
      hash.update(JSON.stringify(columns[table].map((column) => row[column] ?? null)));
    }
    hash.update(table);
  }
  return hash.digest('base64');
}
