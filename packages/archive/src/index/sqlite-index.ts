import type { Scope } from '@filmless/access';
import { type Database, openSqlite } from '@filmless/database';
import { type DataSet, matchesAll } from '@filmless/dicom';
import { sql } from 'kysely';
import type { SearchQuery } from '../core/archive-core.ts';
import { seriesFacts, studyFacts } from '../core/describe.ts';
import { ArchiveError } from '../core/errors.ts';
import type { Added, Index, NewInstance, Reach, SearchRow } from '../core/index-port.ts';
import type { ArchiveLimits } from '../core/limits.ts';
import type {
  ArchiveStatistics,
  InstanceHeader,
  SeriesEntry,
  StoredInstance,
  StudyDetail,
  StudyListQuery,
  StudyPage,
  Target,
} from '../core/model.ts';
import { present } from '../core/search/present.ts';
import type { FoundInstance } from './arguments.ts';
import { batches } from './batches.ts';
import { type Unpacked, unpackHeader, unpackLayout } from './codec.ts';
import { factsOf } from './conditions.ts';
import * as instances from './instances.ts';
import * as listing from './listing.ts';
import { countModality, query, RARE_SERIES } from './predicates.ts';
import type { procedures } from './procedures.ts';
import { addArgs, type InstanceRow, seriesArgs, storedInstance, studyArgs } from './rows.ts';
import { foundOf, planSearch, type SearchColumns, type SearchPlan } from './search.ts';
import { findInstance } from './statements.ts';

/** Candidates read at a time when headers decide. */
const HEADER_PAGE = 500;

/** A row of a search with its header, where the search needs that. */
interface Candidate {
  readonly row: SearchColumns;
  readonly header: Unpacked<DataSet> | undefined;
}

export interface SqliteIndexOptions {
  readonly file: string;
  readonly limits: ArchiveLimits;
  readonly readers?: number;
}

/** The index in one SQLite file. */
export class SqliteIndex implements Index {
  readonly #database: Database<typeof procedures>;
  readonly #limits: ArchiveLimits;

  private constructor(database: Database<typeof procedures>, limits: ArchiveLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /** @throws DatabaseError `newer-schema`, `corrupt` */
  static async open({ file, limits, readers }: SqliteIndexOptions): Promise<SqliteIndex> {
    const schema = new URL('./schema.ts', import.meta.url);
    const database = await openSqlite<typeof procedures>({
      file,
      schema,
      busy: true,
      copies: 0,
      ...(readers === undefined ? {} : { readers }),
    });
    return new SqliteIndex(database, limits);
  }

  async add(instance: NewInstance): Promise<Added> {
    const added = await this.#database.write('add', addArgs(instance));
    switch (added.status) {
      case 'new':
      case 'identical':
        return added;
      case 'different':
        return { ...added, existing: targetOf(added.existing) };
      case 'foreign':
        return { ...added, existing: added.existing === null ? null : targetOf(added.existing) };
    }
  }

  async replace(sopInstanceUid: string, objectKey: string, instance: NewInstance): Promise<void> {
    const before = await this.find(sopInstanceUid);
    await this.#database.write('replace', { sop_instance_uid: sopInstanceUid, object_key: objectKey, add: addArgs(instance) });
    const studies = new Set([before?.studyInstanceUid, instance.study.studyInstanceUid].filter((uid) => uid !== undefined));
    for (const uid of studies) {
      await this.#describeAgain(uid);
    }
  }

  async find(sopInstanceUid: string): Promise<InstanceHeader | undefined> {
    const [row] = await this.#database.read(instances.byUid(sopInstanceUid));
    return row === undefined ? undefined : headerOf(row);
  }

  async peek(
    sopInstanceUid: string,
  ): Promise<{ readonly sha256: string; readonly facility: string; readonly objectKey: string } | undefined> {
    const [row] = await this.#database.read(findInstance({ uid: sopInstanceUid }));
    return row === undefined ? undefined : { sha256: row.sha256, facility: row.facility, objectKey: row.object_key };
  }

  async referredOf(objectKeys: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.#database.read(instances.referredOf(objectKeys))).map(({ object_key }) => object_key));
  }

  async leaveOut(objectKey: string, reason: string): Promise<void> {
    await this.#database.write('leaveOut', { object_key: objectKey, reason });
  }

  async setReach(reach: Reach): Promise<void> {
    await this.#database.write('setReach', {
      study_instance_uid: reach.studyInstanceUid,
      facility: reach.facility,
      expires_at: reach.expiresAt,
    });
  }

  async removeReach(studyInstanceUid: string, facility: string): Promise<void> {
    await this.#database.write('removeReach', { study_instance_uid: studyInstanceUid, facility });
  }

  async setConflicts(studyInstanceUid: string, open: number): Promise<void> {
    await this.#database.write('setConflicts', { study_instance_uid: studyInstanceUid, open });
  }

  async search(search: SearchQuery, scope: Scope, now: string): Promise<SearchRow> {
    const facts = factsOf(search.keys);
    const plan = planSearch(search, scope, now, facts, await this.#isRare(facts.modality === undefined ? [] : [facts.modality]));
    const limit = Math.min(search.limit ?? this.#limits.searchPage, this.#limits.searchPage);
    const offset = search.offset ?? 0;
    if (offset > this.#limits.searchOffset) {
      throw new ArchiveError('limit-exceeded', `offset: at most ${this.#limits.searchOffset}; narrow the search instead`);
    }
    const asked = plan.rest.map((key) => key.path[0]);
    const tags = search.include === 'all' ? 'all' : [...search.include, ...asked];
    const issuer = [...asked, ...search.keys.map((key) => key.path[0]), ...(search.include === 'all' ? [] : search.include)];
    const candidates = plan.rest.length === 0 ? this.#page(plan, limit + 1, offset) : this.#filtered(plan, offset);
    const results: DataSet[] = [];
    let bytes = 0;
    for await (const { row, header } of candidates) {
      if (results.length >= limit || bytes >= this.#limits.searchBytes) {
        return { results, more: true };
      }
      results.push(present(foundOf(row, search.level, issuer, header?.value), tags));
      bytes += header?.bytes ?? 0;
    }
    return { results, more: false };
  }

  async listStudies(list: StudyListQuery, scope: Scope, now: string): Promise<StudyPage> {
    const limit = Math.max(1, Math.min(list.limit, this.#limits.studyPage));
    const { page, total } = listing.listQueries({ ...list, limit }, scope, now, {
      exactTotal: this.#limits.exactTotal,
      rareModality: await this.#isRare(listing.modalitiesOf(list)),
    });
    const [rows, [counted]] = await Promise.all([this.#database.read(page), this.#database.read(total)]);
    const shown = rows.slice(0, limit);
    const studies = await this.#entries(shown, now);
    const last = shown.at(-1);
    const count = counted?.count ?? 0;
    return {
      studies,
      total: { count: Math.min(count, this.#limits.exactTotal), exact: count <= this.#limits.exactTotal },
      next: rows.length > limit && last !== undefined ? listing.cursorOf(last) : null,
    };
  }

  async studyDetail(studyInstanceUid: string, scope: Scope, now: string): Promise<StudyDetail | undefined> {
    const rows = await this.#database.read(listing.studyQuery(studyInstanceUid, scope, now));
    const [entry] = await this.#entries(rows, now);
    if (entry === undefined) {
      return undefined;
    }
    const series = await this.#database.read(listing.seriesQuery(studyInstanceUid));
    return { ...entry, series: series.map(seriesEntry) };
  }

  async owner(
    studyInstanceUid: string,
    now: string,
  ): Promise<{ readonly facility: string; readonly sharedWith: readonly string[] } | undefined> {
    const rows = await this.#database.read(listing.studyQuery(studyInstanceUid, { facilities: 'all' }, now));
    const [entry] = await this.#entries(rows, now);
    return entry === undefined ? undefined : { facility: entry.facility, sharedWith: entry.sharedWith };
  }

  async instance(target: Required<Target>, scope: Scope, now: string): Promise<InstanceHeader | undefined> {
    const [row] = await this.#database.read(instances.oneInstance<instances.HeaderRow>(target, scope, now, true));
    return row === undefined ? undefined : headerOf(row);
  }

  async *instances(target: Target, scope: Scope, now: string): AsyncIterable<StoredInstance> {
    if (target.sopInstanceUid !== undefined) {
      const rows = await this.#database.read(instances.oneInstance<InstanceRow>(target, scope, now, false));
      yield* rows.map(storedInstance);
      return;
    }
    for await (const page of this.#walk<InstanceRow>(target, scope, now, false)) {
      yield* page.map(storedInstance);
    }
  }

  async *headers(target: Target, scope: Scope, now: string): AsyncIterable<InstanceHeader> {
    if (target.sopInstanceUid !== undefined) {
      const rows = await this.#database.read(instances.oneInstance<instances.HeaderRow>(target, scope, now, true));
      yield* rows.map(headerOf);
      return;
    }
    for await (const page of this.#walk<instances.SizedRow>(target, scope, now, true)) {
      for (const batch of batches(page, this.#limits.readPageBytes)) {
        const found = await this.#database.read(instances.headersAndLayoutsOf(batch.map(({ id }) => id)));
        const headers = new Map(found.map((header) => [header.instance_id, header]));
        for (const row of batch) {
          const packed = headers.get(row.id);
          if (packed !== undefined) {
            yield headerOf({ ...row, ...packed });
          }
        }
      }
    }
  }

  async representative(target: Target, scope: Scope, now: string): Promise<InstanceHeader | undefined> {
    const [row] = await this.#database.read(instances.firstWithFrames(target, scope, now));
    return row === undefined ? undefined : headerOf(row);
  }

  async statistics(): Promise<ArchiveStatistics> {
    const [row] = await this.#database.read(
      query(sql<ArchiveStatistics>`
        SELECT count(*) AS studies, coalesce(sum(series_count), 0) AS series, coalesce(sum(instance_count), 0) AS instances,
          coalesce(sum(bytes), 0) AS bytes FROM study`),
    );
    return row ?? { studies: 0, series: 0, instances: 0, bytes: 0 };
  }

  problem(): string | undefined {
    return this.#database.problem();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#database[Symbol.asyncDispose]();
  }

  async #isRare(modalities: readonly string[]): Promise<boolean> {
    if (modalities.length === 0) {
      return false;
    }
    const [row] = await this.#database.read(countModality(modalities));
    return row !== undefined && row.count <= RARE_SERIES;
  }

  /** One page of a search that the index alone answers. */
  async *#page(plan: SearchPlan, limit: number, offset: number): AsyncIterable<Candidate> {
    yield* this.#withHeaders(await this.#database.read(plan.page(limit, offset)));
  }

  /** Looks through stored headers, page by page, until the caller has enough or too many did not match. */
  async *#filtered(plan: SearchPlan, offset: number): AsyncIterable<Candidate> {
    let matched = 0;
    for (let seen = 0; ; seen += HEADER_PAGE) {
      if (seen >= this.#limits.searchHeaders) {
        const keys = plan.rest.map((key) => key.path.join('.')).join(', ');
        throw new ArchiveError(
          'limit-exceeded',
          `${keys}: not indexed, and more than ${this.#limits.searchHeaders} objects would have to be looked at; add a date, a patient or a study`,
        );
      }
      const page = await this.#database.read(plan.page(HEADER_PAGE, seen));
      for await (const candidate of this.#withHeaders(page)) {
        if (candidate.header !== undefined && matchesAll(candidate.header.value, plan.rest)) {
          matched += 1;
          if (matched > offset) {
            yield candidate;
          }
        }
      }
      if (page.length < HEADER_PAGE) {
        return;
      }
    }
  }

  /** Reads the headers of rows that have one, so many bytes at a time; they are unpacked one by one. */
  async *#withHeaders(rows: readonly SearchColumns[]): AsyncIterable<Candidate> {
    for (const batch of batches(rows, this.#limits.readPageBytes)) {
      const ids = batch.map((row) => row.header_of).filter((id) => id !== undefined);
      const found = ids.length === 0 ? [] : await this.#database.read(instances.headersOf(ids));
      const packed = new Map(found.map((header) => [header.instance_id, header.header]));
      for (const row of batch) {
        const header = row.header_of === undefined ? undefined : packed.get(row.header_of);
        yield { row, header: header === undefined ? undefined : unpackHeader(header) };
      }
    }
  }

  async *#walk<R extends InstanceRow>(target: Target, scope: Scope, now: string, withSize: boolean): AsyncIterable<readonly R[]> {
    const limit = this.#limits.readPage;
    for (const { id } of await this.#database.read(instances.seriesOf(target, scope, now))) {
      let after: instances.After | undefined;
      for (;;) {
        const page = await this.#database.read(instances.pageOfSeries<R>(id, scope, now, after, limit, withSize));
        yield page;
        const last = page.at(-1);
        if (last === undefined || page.length < limit) {
          break;
        }
        after = { position: last.position, uid: last.sop_instance_uid };
      }
    }
  }

  async #entries(rows: readonly listing.StudyRow[], now: string): Promise<StudyPage['studies']> {
    if (rows.length === 0) {
      return [];
    }
    const ids = rows.map((row) => row.id);
    const [bodyParts = [], shares = []] = await this.#database.readAll(listing.aroundQueries(ids, now));
    return rows.map((row) => listing.studyEntry(row, listing.aroundOf(row.id, bodyParts, shares)));
  }

  /** Takes the facts of a study and its series from the earliest instances that are left. */
  async #describeAgain(studyInstanceUid: string): Promise<void> {
    const found = await this.#database.readAll(instances.undescribed(studyInstanceUid));
    for (const row of found.flat()) {
      const { value: header } = unpackHeader(row.header);
      await this.#database.write('describe', {
        study: row.level === 'study' ? studyArgs(studyFacts(header, studyInstanceUid, row.issuer)) : null,
        series: row.level === 'series' ? seriesArgs(seriesFacts(header, studyInstanceUid, row.series_instance_uid)) : null,
        study_instance_uid: studyInstanceUid,
        series_instance_uid: row.series_instance_uid,
        by: { received_at: row.received_at, sop_instance_uid: row.sop_instance_uid },
      });
    }
  }
}

function targetOf(found: FoundInstance): Required<Target> {
  return {
    studyInstanceUid: found.study_instance_uid,
    seriesInstanceUid: found.series_instance_uid,
    sopInstanceUid: found.sop_instance_uid,
  };
}

function headerOf(row: instances.HeaderRow): InstanceHeader {
  const header = unpackHeader(row.header);
  const layout = unpackLayout(row.layout);
  return { ...storedInstance(row), header: header.value, ...layout.value, headerBytes: header.bytes + layout.bytes };
}

function seriesEntry(row: listing.SeriesRow): SeriesEntry {
  return {
    seriesInstanceUid: row.series_instance_uid,
    number: row.number,
    modality: row.modality ?? '',
    description: row.description ?? '',
    bodyPart: row.body_part ?? '',
    instanceCount: row.instance_count,
    frameCount: row.frame_count,
    rows: row.rows,
    columns: row.columns,
    firstInstanceUid: row.first_uid,
    sopClassUid: row.sop_class_uid,
    transferSyntaxUid: row.transfer_syntax_uid,
  };
}
