import { type Database, type Procedure, run, runFirst } from '@filmless/database';
import { type Compilable, sql } from 'kysely';
import type { StoredInstance } from '../core/model.ts';
import type { NotedForm, ProgressiveForm, ProgressiveForms } from '../core/series/progressive-forms.ts';
import { query } from './predicates.ts';
import { prepared, type Statement } from './prepared.ts';
import type { procedures } from './procedures.ts';

interface FormRow {
  readonly derived_key: string;
  readonly object_key: string;
  /** JSON array. */
  readonly lengths: string;
  readonly bytes: number;
}

interface NoteArgs {
  readonly sop_instance_uid: string;
  readonly object_key: string;
  readonly derived_key: string;
  readonly lengths: string;
  readonly bytes: number;
  readonly made_at: string;
}

const deleteForms: Statement<{ readonly key: string }, unknown> = prepared(
  (value) => sql`DELETE FROM progressive WHERE derived_key = ${value('key')}`,
);

const insertForm: Statement<NoteArgs, { readonly instance_id: number }> = prepared(
  (value) => sql`
    INSERT INTO progressive (instance_id, derived_key, lengths, bytes, made_at)
    SELECT id, CAST(${value('derived_key')} AS TEXT), CAST(${value('lengths')} AS TEXT), CAST(${value('bytes')} AS BIGINT),
      CAST(${value('made_at')} AS TEXT) FROM instance
    WHERE sop_instance_uid = ${value('sop_instance_uid')} AND object_key = ${value('object_key')}
    RETURNING instance_id`,
);

/** False, and nothing is noted, for an instance that has another object, or is gone. */
export const noteProgressive: Procedure<NoteArgs, boolean> = function* (form) {
  yield* run(deleteForms({ key: form.derived_key }));
  return (yield* runFirst(insertForm(form))) !== undefined;
};

export const forgetProgressive: Procedure<{ readonly keys: readonly string[] }, void> = function* ({ keys }) {
  for (const key of keys) {
    yield* run(deleteForms({ key }));
  }
};

const formOf: Statement<{ readonly uid: string; readonly key: string }, FormRow> = prepared(
  (value) => sql`
    SELECT progressive.derived_key, instance.object_key, progressive.lengths, progressive.bytes
    FROM instance JOIN progressive ON progressive.instance_id = instance.id
    WHERE instance.sop_instance_uid = ${value('uid')} AND instance.object_key = ${value('key')}`,
);

function totalBytes(): Compilable<{ readonly bytes: number }> {
  return query(sql<{ readonly bytes: number }>`SELECT coalesce(sum(bytes), 0) AS bytes FROM progressive`);
}

function oldest(limit: number): Compilable<FormRow> {
  return query(sql<FormRow>`
    SELECT progressive.derived_key, instance.object_key, progressive.lengths, progressive.bytes
    FROM progressive JOIN instance ON instance.id = progressive.instance_id ORDER BY progressive.made_at LIMIT ${limit}`);
}

/** Progressive forms as rows that go with their instances. */
export class IndexProgressive implements ProgressiveForms {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async find({
    sopInstanceUid,
    objectKey,
  }: Pick<StoredInstance, 'sopInstanceUid' | 'objectKey'>): Promise<ProgressiveForm | undefined> {
    const [row] = await this.#database.read(formOf({ uid: sopInstanceUid, key: objectKey }));
    return row === undefined ? undefined : notedForm(row);
  }

  async note(
    { sopInstanceUid, objectKey }: Pick<StoredInstance, 'sopInstanceUid' | 'objectKey'>,
    { key, lengths }: ProgressiveForm,
    at: string,
  ): Promise<boolean> {
    return await this.#database.write('noteProgressive', {
      sop_instance_uid: sopInstanceUid,
      object_key: objectKey,
      derived_key: key,
      lengths: JSON.stringify(lengths),
      bytes: lengths.reduce((sum, length) => sum + length, 0),
      made_at: at,
    });
  }

  async totalBytes(): Promise<number> {
    return (await this.#database.read(totalBytes()))[0]?.bytes ?? 0;
  }

  async oldest(limit: number): Promise<readonly NotedForm[]> {
    return (await this.#database.read(oldest(limit))).map(notedForm);
  }

  async forget(keys: readonly string[]): Promise<void> {
    await this.#database.write('forgetProgressive', { keys });
  }
}

function notedForm({ derived_key: key, object_key: objectKey, lengths, bytes }: FormRow): NotedForm {
  return { key, objectKey, lengths: parseLengths(lengths), bytes };
}

/** What `note` wrote. */
function parseLengths(text: string): readonly number[] {
  return JSON.parse(text) as readonly number[];
}
