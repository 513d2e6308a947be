import {
  type Database,
  insertions,
  type MovingStatement,
  type movingProcedures,
  openPostgres,
  type Row,
  restartNumbers,
  SqliteSource,
  statement,
  valuesOf,
} from '@filmless/database';
import { ArchiveError } from '../../core/errors.ts';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import { migrations } from '../migrations.ts';
import { wordsOfStudies } from '../words.ts';
import {
  type Columns,
  columnsOf,
  digestOf,
  grouped,
  rowsOf,
  STUDY_TABLES,
  type StudyRows,
  type StudyTable,
} from './study-rows.ts';

type Target = Database<typeof movingProcedures>;

/** What one pass found and did. */
export interface IndexPass {
  readonly studies: number;
  readonly instances: number;
  /** Studies that were not there, or otherwise. */
  readonly brought: number;
  /** Studies that are not here any more. */
  readonly removed: number;
}

export interface IndexMoveOptions {
  /** The SQLite file; a server may be writing to it. */
  readonly file: string;
  readonly url: string;
}

/** Studies compared at a time, and instances of them: a larger study is compared alone. */
const STUDIES = 500;
const INSTANCES = 5_000;
/** Instances brought in one transaction, and bytes of their headers. */
const BROUGHT = 500;
const BROUGHT_BYTES = 16 * 1024 ** 2;
const LAST = Number.MAX_SAFE_INTEGER;

/**
 * Brings the index of a SQLite file into PostgreSQL. A pass compares both, study by study, and brings what differs; so it may end
 * anywhere, and the next one goes on, and brings what was stored meanwhile.
 */
export class IndexMove implements AsyncDisposable {
  readonly #source: SqliteSource;
  readonly #target: Target;
  readonly #columns: Columns;

  private constructor(source: SqliteSource, target: Target) {
    this.#source = source;
    this.#target = target;
    this.#columns = columnsOf(source);
  }

  /** @throws ArchiveError `invalid-request` when one cannot be moved into the other; DatabaseError */
  static async open({ file, url }: IndexMoveOptions): Promise<IndexMove> {
    await using stack = new AsyncDisposableStack();
    const source = stack.use(new SqliteSource(file));
    if (source.version !== migrations.length) {
      throw new ArchiveError(
        'invalid-request',
        `${file} has schema version ${source.version}, this Filmless has ${migrations.length}: start the server with this version once, then move it`,
      );
    }
    const schema = new URL('./move-schema.ts', import.meta.url);
    const target: Target = stack.use(
      await openPostgres<typeof movingProcedures>({ url, name: 'filmless_index', schema, isolation: 'read committed' }),
    );
    const move = new IndexMove(source, target);
    await move.#begin();
    stack.move();
    return move;
  }

  /** Looks through all studies once. `told` hears how far it is. */
  async pass(told: (pass: IndexPass) => void): Promise<IndexPass> {
    let pass: IndexPass = { studies: 0, instances: 0, brought: 0, removed: 0 };
    for (let after = 0; after < LAST; ) {
      await this.#source.snapshot(async () => {
        const to = this.#endOfPage(after);
        const here = this.#here(after, to);
        const there = new Map((await this.#there(after, to)).map((study) => [study.uid, digestOf(study, this.#columns)]));
        const differing = here.filter((study) => there.get(study.uid) !== digestOf(study, this.#columns));
        const uids = new Set(here.map(({ uid }) => uid));
        const gone = [...there.keys()].filter((uid) => !uids.has(uid));
        await this.#bring(differing, gone);
        pass = {
          studies: pass.studies + here.length,
          instances: pass.instances + here.reduce((sum, { rows }) => sum + rows.instance.length, 0),
          brought: pass.brought + differing.length,
          removed: pass.removed + gone.length,
        };
        after = to;
      });
      told(pass);
    }
    return pass;
  }

  /** Once nobody writes to the file any more, and a pass found nothing to bring: the rest, and the index may be opened. */
  async finish(): Promise<void> {
    for (const table of ['left_out', 'removed_object']) {
      const columns = this.#source.columns(table);
      const rows = this.#source.all(`SELECT * FROM "${table}"`).map((row) => valuesOf(row, columns));
      await this.#run([{ sql: `DELETE FROM "${table}"`, parameters: [] }, ...insertions({ table, columns, rows })]);
    }
    for (const table of ['patient', 'series', 'instance', 'series_request']) {
      await restartNumbers(this.#target, table);
    }
    await this.#run([
      { sql: 'DELETE FROM counted', parameters: [] },
      {
        sql: `INSERT INTO counted (facility, shard, studies, series, instances, bytes)
          SELECT facility, 0, count(*), sum(series_count), sum(instance_count), sum(bytes) FROM study GROUP BY facility`,
        parameters: [],
      },
      // Of a move that was cut off between instances and texts, which passes do not compare: made again.
      {
        sql: `UPDATE series SET settled = 0 WHERE settled = 1 AND instance_count >= ?
          AND NOT EXISTS (SELECT 1 FROM series_text WHERE series_text.series_id = series.id)`,
        parameters: [ARCHIVE_LIMITS.seriesTextInstances],
      },
      { sql: 'DELETE FROM series_work', parameters: [] },
      {
        sql: `INSERT INTO series_work (series_id, due_at)
          SELECT series.id, study.updated_at FROM series JOIN study ON study.id = series.study_id WHERE series.settled = 0`,
        parameters: [],
      },
      { sql: "UPDATE index_state SET state = 'made'", parameters: [] },
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#source[Symbol.dispose]();
    await this.#target[Symbol.asyncDispose]();
  }

  /** Only into an index that nobody has used. */
  async #begin(): Promise<void> {
    const [found] = await this.#target.read(statement<{ state: string }>('SELECT state FROM index_state'));
    if (found?.state === 'made') {
      throw new ArchiveError(
        'invalid-request',
        'the PostgreSQL database has an index in use already: give an empty database, or start the server with --index',
      );
    }
    await this.#run([{ sql: "UPDATE index_state SET state = 'moving'", parameters: [] }]);
  }

  /** The last study of a page, by as many studies and instances as are compared at a time. */
  #endOfPage(after: number): number {
    const page = this.#source.all('SELECT id, instance_count FROM study WHERE id > ? ORDER BY id LIMIT ?', [after, STUDIES]);
    let instances = 0;
    let to = after;
    for (const [at, { id, instance_count }] of page.entries()) {
      instances += Number(instance_count);
      if (at > 0 && instances > INSTANCES) {
        return to;
      }
      to = Number(id);
    }
    return page.length < STUDIES ? LAST : to;
  }

  #here(after: number, to: number): readonly StudyRows[] {
    const of = (table: StudyTable): readonly Row[] => this.#source.all(rowsOf(table, this.#columns[table]), [after, to]);
    return grouped({
      study: of('study'),
      reach: of('reach'),
      series: of('series'),
      series_request: of('series_request'),
      instance: of('instance'),
    });
  }

  async #there(after: number, to: number): Promise<readonly StudyRows[]> {
    const queries = STUDY_TABLES.map((table) => statement<Row>(rowsOf(table, this.#columns[table]), [after, to]));
    const [study = [], reach = [], series = [], series_request = [], instance = []] = await this.#target.readAll(queries);
    return grouped({ study, reach, series, series_request, instance });
  }

  /** Takes out what is there of these studies, and puts in what is here. What ends early differs still, at the next pass. */
  async #bring(studies: readonly StudyRows[], gone: readonly string[]): Promise<void> {
    if (studies.length + gone.length === 0) {
      return;
    }
    const rows = (table: StudyTable) => studies.flatMap((study) => study.rows[table]);
    const insert = (table: StudyTable) => this.#insertions(table, this.#columns[table], rows(table));
    const ids = JSON.stringify(studies.map(({ id }) => id));
    await this.#run([
      ...removal([...studies.map(({ uid }) => uid), ...gone], studies, rows('series')),
      ...patients(rows('study')),
      ...insert('study'),
      { sql: OF_PATIENTS, parameters: [ids] },
      ...insert('reach'),
      ...insert('series'),
      ...insert('series_request'),
      ...wordsOfStudies().map((text) => ({ sql: text, parameters: [ids] })),
    ]);
    let some: Row[] = [];
    let headers: Row[] = [];
    let bytes = 0;
    for (const instance of rows('instance')) {
      const [header] = this.#source.all('SELECT * FROM instance_header WHERE instance_id = ?', [instance.id ?? null]);
      some.push(instance);
      headers.push(...(header === undefined ? [] : [header]));
      bytes += Object.values(header ?? {}).reduce<number>(
        (sum, value) => sum + (value instanceof Uint8Array ? value.length : 0),
        0,
      );
      if (some.length >= BROUGHT || bytes > BROUGHT_BYTES) {
        await this.#bringInstances(some, headers);
        [some, headers, bytes] = [[], [], 0];
      }
    }
    await this.#bringInstances(some, headers);
    await this.#bringMade(studies);
  }

  /** NOTE: an instance and its header in one transaction: passes compare no headers. */
  async #bringInstances(instances: readonly Row[], headers: readonly Row[]): Promise<void> {
    const listed = (column: string) => JSON.stringify(instances.map((row) => row[column] ?? null));
    await this.#run([
      {
        sql: `DELETE FROM instance WHERE sop_instance_uid IN (${TEXTS}) OR id IN (${NUMBERS})`,
        parameters: [listed('sop_instance_uid'), listed('id')],
      },
      ...this.#insertions('instance', this.#columns.instance, instances),
      ...this.#insertions('instance_header', this.#source.columns('instance_header'), headers),
    ]);
  }

  /** What was made of series and images at rest. */
  async #bringMade(studies: readonly StudyRows[]): Promise<void> {
    for (const [table, from] of Object.entries(MADE)) {
      const columns = this.#source.columns(table);
      for (const { id } of studies) {
        for (const row of this.#source.all(`SELECT ${table}.* FROM ${from} WHERE series.study_id = ?`, [id])) {
          await this.#run(this.#insertions(table, columns, [row], 'ON CONFLICT DO NOTHING'));
        }
      }
    }
  }

  #insertions(table: string, columns: readonly string[], rows: readonly Row[], suffix?: string): readonly MovingStatement[] {
    return insertions({ table, columns, rows: rows.map((row) => valuesOf(row, columns)) }, suffix);
  }

  async #run(statements: readonly MovingStatement[]): Promise<void> {
    await this.#target.write('runAll', { statements });
  }
}

const MADE = {
  series_text: 'series JOIN series_text ON series_text.series_id = series.id',
  progressive: 'series JOIN instance ON instance.series_id = series.id JOIN progressive ON progressive.instance_id = instance.id',
} as const;
const TEXTS = 'SELECT value FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS listed (value)';
const NUMBERS = 'SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS listed (value)';
const OF_PATIENTS = `UPDATE study SET patient = (SELECT patient.id FROM patient
  WHERE patient.issuer = study.issuer AND patient.patient_id = study.patient_id) WHERE id IN (${NUMBERS})`;

/** Whatever stands where these studies and series are to be. */
function removal(uids: readonly string[], studies: readonly StudyRows[], series: readonly Row[]): readonly MovingStatement[] {
  const parameters = [JSON.stringify(uids), JSON.stringify(studies.map(({ id }) => id))];
  const named = `SELECT id FROM study WHERE study_instance_uid IN (${TEXTS}) OR id IN (${NUMBERS})`;
  const withSeries = [...parameters, JSON.stringify(series.map(({ id }) => id))];
  const ofSeries = `SELECT id FROM series WHERE study_id IN (${named}) OR id IN (${NUMBERS})`;
  return [
    { sql: `DELETE FROM instance WHERE series_id IN (${ofSeries})`, parameters: withSeries },
    { sql: `DELETE FROM series WHERE id IN (${ofSeries})`, parameters: withSeries },
    { sql: `DELETE FROM study_word WHERE study_id IN (${named})`, parameters },
    { sql: `DELETE FROM study WHERE id IN (${named})`, parameters },
  ];
}

function patients(studies: readonly Row[]): readonly MovingStatement[] {
  const named = new Map(
    studies.flatMap(({ issuer, patient_id }) =>
      patient_id === null || patient_id === undefined || issuer === undefined
        ? []
        : [[JSON.stringify([issuer, patient_id]), [issuer, patient_id]] as const],
    ),
  );
  return insertions({ table: 'patient', columns: ['issuer', 'patient_id'], rows: [...named.values()] }, 'ON CONFLICT DO NOTHING');
}
