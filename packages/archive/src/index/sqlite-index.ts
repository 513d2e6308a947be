import type { Scope } from '@filmless/access';
import { type Database, openSqlite } from '@filmless/database';
import { sql } from 'kysely';
import type { SearchQuery, SearchResult } from '../core/archive-core.ts';
import { seriesFacts, studyFacts } from '../core/describe.ts';
import { ArchiveError } from '../core/errors.ts';
import type {
  Added,
  Index,
  NewInstance,
  OrderedStudy,
  QuietPage,
  QuietStudy,
  Reach,
  RemovedObject,
  SentBy,
} from '../core/index-port.ts';
import type { ArchiveLimits } from '../core/limits.ts';
import type {
  ArchiveStatistics,
  InstanceHeader,
  LaidOutInstance,
  SeriesEntry,
  StoredInstance,
  StudyDetail,
  StudyEntry,
  StudyListQuery,
  StudyPage,
  Target,
} from '../core/model.ts';
import type { ProgressiveForms } from '../core/series/progressive-forms.ts';
import type { SeriesTexts } from '../core/series/series-texts.ts';
import type { FoundInstance } from './arguments.ts';
import * as arrivals from './arrivals.ts';
import { parseSender, unpackHeader } from './codec.ts';
import { DescribedSeries } from './described-series.ts';
import { headerOf, InstanceReader } from './instance-reader.ts';
import * as instances from './instances.ts';
import * as listing from './listing.ts';
import { query } from './predicates.ts';
import type { procedures } from './procedures.ts';
import { IndexProgressive } from './progressive-forms.ts';
import * as removals from './removals.ts';
import { addArgs, seriesArgs, studyArgs } from './rows.ts';
import { isRare, Searcher } from './searcher.ts';
import { IndexTexts } from './series-texts.ts';
import { findInstance } from './statements.ts';

export interface SqliteIndexOptions {
  readonly file: string;
  readonly limits: ArchiveLimits;
  readonly readers?: number;
}

/** The index in one SQLite file. */
export class SqliteIndex implements Index {
  readonly #database: Database<typeof procedures>;
  readonly #limits: ArchiveLimits;
  readonly #searcher: Searcher;
  readonly #described = new DescribedSeries();
  readonly #instances: InstanceReader;
  readonly texts: SeriesTexts;
  readonly progressive: ProgressiveForms;

  private constructor(database: Database<typeof procedures>, limits: ArchiveLimits) {
    this.#database = database;
    this.#limits = limits;
    this.#searcher = new Searcher(database, limits);
    this.#instances = new InstanceReader(database, limits);
    this.texts = new IndexTexts(database, this.#instances);
    this.progressive = new IndexProgressive(database);
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
    const described = this.#described.has(instance);
    const first = await this.#database.write('add', addArgs(instance, described));
    // NOTE: its object was written with the first call.
    const args = () => addArgs({ ...instance, write: undefined });
    const added = first.status === 'undescribed' ? await this.#database.write('add', args()) : first;
    switch (added.status) {
      case 'undescribed':
        throw new Error('the index asks for facts that it was given');
      case 'run-over':
        throw new ArchiveError('store-away', 'this server was taken for ended while it stored: send again');
      case 'new':
        this.#described.add(instance);
        return added;
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
    await this.#instances.change('replace', { sop_instance_uid: sopInstanceUid, object_key: objectKey, add: addArgs(instance) });
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
    await this.#instances.change('leaveOut', { object_key: objectKey, reason });
  }

  async quietStudies(page: QuietPage): Promise<readonly QuietStudy[]> {
    return (await this.#database.read(removals.quietStudies(page))).map(removals.quietStudy);
  }

  async removeStudy(studyInstanceUid: string, objectKeys: readonly string[]): Promise<boolean> {
    return await this.#instances.change('removeStudy', { study_instance_uid: studyInstanceUid, object_keys: objectKeys });
  }

  async removedObjects(after: string, limit: number): Promise<readonly RemovedObject[]> {
    return (await this.#database.read(removals.removedObjects(after, limit))).map((row) => ({
      objectKey: row.object_key,
      studyInstanceUid: row.study_instance_uid,
      facility: row.facility,
      bytes: row.bytes,
    }));
  }

  async forgetRemoved(objectKeys: readonly string[]): Promise<void> {
    await this.#instances.change('forgetRemoved', { object_keys: objectKeys });
  }

  async setReach(reach: Reach): Promise<void> {
    await this.#instances.change('setReach', {
      study_instance_uid: reach.studyInstanceUid,
      facility: reach.facility,
      expires_at: reach.expiresAt,
    });
  }

  async removeReach(studyInstanceUid: string, facility: string): Promise<void> {
    await this.#instances.change('removeReach', { study_instance_uid: studyInstanceUid, facility });
  }

  async setConflicts(studyInstanceUid: string, open: number): Promise<void> {
    await this.#instances.change('setConflicts', { study_instance_uid: studyInstanceUid, open });
  }

  async search(search: SearchQuery, scope: Scope, now: string): Promise<SearchResult> {
    return await this.#searcher.search(search, scope, now);
  }

  async listStudies(list: StudyListQuery, scope: Scope, now: string): Promise<StudyPage> {
    const limit = Math.max(1, Math.min(list.limit, this.#limits.studyPage));
    const { page, total } = listing.listQueries({ ...list, limit }, scope, now, {
      exactTotal: this.#limits.exactTotal,
      rareModality: await isRare(this.#database, listing.modalitiesOf(list)),
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

  instance(target: Required<Target>, scope: Scope, now: string): Promise<InstanceHeader | undefined> {
    return this.#instances.instance(target, scope, now);
  }

  layout(target: Required<Target>, scope: Scope, now: string): Promise<LaidOutInstance | undefined> {
    return this.#instances.layout(target, scope, now);
  }

  stored(target: Required<Target>, scope: Scope, now: string): Promise<StoredInstance | undefined> {
    return this.#instances.stored(target, scope, now);
  }

  instances(target: Target, scope: Scope, now: string): AsyncIterable<StoredInstance> {
    return this.#instances.instances(target, scope, now);
  }

  headers(target: Target, scope: Scope, now: string): AsyncIterable<InstanceHeader> {
    return this.#instances.headers(target, scope, now);
  }

  representative(target: Target, scope: Scope, now: string): Promise<InstanceHeader | undefined> {
    return this.#instances.representative(target, scope, now);
  }

  async present(sopInstanceUids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let at = 0; at < sopInstanceUids.length; at += arrivals.ARRIVALS_PAGE) {
      const rows = await this.#database.read(arrivals.present(sopInstanceUids.slice(at, at + arrivals.ARRIVALS_PAGE)));
      for (const { sop_instance_uid } of rows) {
        found.add(sop_instance_uid);
      }
    }
    return found;
  }

  async digests(
    studyInstanceUid: string,
    sopInstanceUids: readonly string[],
    scope: Scope,
    now: string,
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#database.read(instances.digests(studyInstanceUid, sopInstanceUids, scope, now));
    return new Map(rows.map((row) => [row.sop_instance_uid, row.sha256]));
  }

  async *studiesSince(receivedAt: string): AsyncIterable<string> {
    const told = new Set<string>();
    for (let before = Number.MAX_SAFE_INTEGER; ; ) {
      const page = await this.#database.read(arrivals.lastArrivals(before));
      for (const { received_at, study_instance_uid } of page) {
        if (received_at >= receivedAt && !told.has(study_instance_uid)) {
          told.add(study_instance_uid);
          yield study_instance_uid;
        }
      }
      const last = page.at(-1);
      if (last === undefined || last.received_at < receivedAt || page.length < arrivals.ARRIVALS_PAGE) {
        return;
      }
      before = last.id;
    }
  }

  async countInstances(studyInstanceUids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = studyInstanceUids.length === 0 ? [] : await this.#database.read(arrivals.countInstances(studyInstanceUids));
    return new Map(rows.map((row) => [row.study_instance_uid, row.instance_count]));
  }

  async senders(studyInstanceUid: string): Promise<readonly SentBy[]> {
    const rows = await this.#database.read(arrivals.senders(studyInstanceUid));
    return rows.map(({ sender, count, first, last }) => ({ sender: parseSender(sender), count, first, last }));
  }

  async orderStudies(
    studyInstanceUids: readonly string[],
    window: Pick<StudyListQuery, 'from' | 'to'>,
    scope: Scope,
    now: string,
  ): Promise<readonly OrderedStudy[]> {
    const found: listing.StudyPlace[] = [];
    for (let at = 0; at < studyInstanceUids.length; at += arrivals.ARRIVALS_PAGE) {
      const some = studyInstanceUids.slice(at, at + arrivals.ARRIVALS_PAGE);
      found.push(...(await this.#database.read(listing.placesQuery(some, window, scope, now))));
    }
    return found
      .sort((one, other) => other.id - one.id)
      .map((row) => ({ studyInstanceUid: row.study_instance_uid, cursor: listing.cursorOf(row) }));
  }

  async studiesOf(studyInstanceUids: readonly string[], now: string): Promise<readonly StudyEntry[]> {
    return studyInstanceUids.length === 0
      ? []
      : await this.#entries(await this.#database.read(listing.studiesQuery(studyInstanceUids)), now);
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
      await this.#instances.change('describe', {
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
