import type { Scope } from '@filmless/access';
import type { Database } from '@filmless/database';
import type { Target } from '../core/model.ts';
import type {
  Claim,
  ClaimedSeries,
  HeaderText,
  MadeText,
  NamedSeries,
  SeriesText,
  SeriesTexts,
  TextForm,
} from '../core/series/series-texts.ts';
import type { InstanceReader } from './instance-reader.ts';
import type { procedures } from './procedures.ts';
import * as queries from './series-queries.ts';

/** Header texts of series in the index: a text and its series change in one commit. */
export class IndexTexts implements SeriesTexts {
  readonly #database: Database<typeof procedures>;
  readonly #instances: InstanceReader;

  constructor(database: Database<typeof procedures>, instances: InstanceReader) {
    this.#database = database;
    this.#instances = instances;
  }

  async *of(target: Target, form: TextForm, scope: Scope, now: string): AsyncIterable<SeriesText | NamedSeries> {
    const { studyInstanceUid: study, seriesInstanceUid: series } = target;
    if (series !== undefined) {
      const [row] = await this.#database.read(queries.textOf({ study, series }, form, scope, now));
      if (row !== undefined) {
        yield textOf(row);
        return;
      }
    }
    for (const row of await this.#database.read(queries.namedSeries(study, series, scope, now))) {
      const isWorthAsking = series === undefined && row.settled === 1;
      const [kept] = isWorthAsking ? await this.#database.read(queries.textOf({ id: row.id }, form, scope, now)) : [];
      yield kept === undefined ? namesOf(row) : textOf(kept);
    }
  }

  headers(target: Target, scope: Scope, now: string): AsyncIterable<HeaderText> {
    return this.#instances.headerTexts(target, scope, now);
  }

  async lastRoot(): Promise<string | undefined> {
    return (await this.#database.read(queries.lastRoot()))[0]?.root;
  }

  async anyDue(now: string): Promise<boolean> {
    return (await this.#database.read(queries.anyDue(now))).length > 0;
  }

  async claim(claim: Claim): Promise<ClaimedSeries | undefined> {
    const row = await this.#database.write('claimSeries', claim);
    return row === undefined ? undefined : { ...namesOf(row), id: row.id, instances: row.instance_count, changes: row.changes };
  }

  async settle({ id, changes }: Pick<ClaimedSeries, 'id' | 'changes'>, text: MadeText | undefined): Promise<boolean> {
    return await this.#database.write('settle', { id, changes, text: text ?? null });
  }

  async postpone({ id }: Pick<ClaimedSeries, 'id'>, dueAt: string): Promise<void> {
    await this.#database.write('postpone', { id, due_at: dueAt });
  }

  async again(target: Pick<NamedSeries, 'studyInstanceUid' | 'seriesInstanceUid'>, dueAt: string): Promise<void> {
    await this.#database.write('workAgain', { ...target, due_at: dueAt });
  }
}

function namesOf(row: Pick<queries.TextRow, 'study_instance_uid' | 'series_instance_uid' | 'facility'>): NamedSeries {
  return {
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    facility: row.facility,
  };
}

function textOf(row: queries.TextRow): SeriesText {
  const { sha256, root, instances, text_bytes: textBytes, crc32, bytes } = row;
  return { ...namesOf(row), sha256, root, instances, textBytes, crc32, bytes };
}
