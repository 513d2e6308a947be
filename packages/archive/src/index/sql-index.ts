import type { Scope } from '@filmless/access';
import type { Database } from '@filmless/database';
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
import type { procedures } from './procedures.ts';
import { IndexProgressive } from './progressive-forms.ts';
import * as removals from './removals.ts';
import { addArgs, seriesArgs, studyArgs } from './rows.ts';
import { Searcher } from './searcher.ts';
import { IndexTexts } from './series-texts.ts';
import { findInstance } from './statements.ts';
import { StudyReader } from './study-reader.ts';
import { type Engine, WordPlanner } from './word-planner.ts';

/** The index in a database: one SQLite file, or PostgreSQL's schema of that name. */
export class SqlIndex implements Index {
  readonly #database: Database<typeof procedures>;
  readonly #searcher: Searcher;
  readonly #described = new DescribedSeries();
  readonly #instances: InstanceReader;
  readonly texts: SeriesTexts;
  readonly progressive: ProgressiveForms;
  readonly #studies: StudyReader;

  constructor(database: Database<typeof procedures>, limits: ArchiveLimits, engine: Engine) {
    const words = new WordPlanner(database, engine);
    this.#database = database;
    this.#searcher = new Searcher(database, words, limits);
    this.#instances = new InstanceReader(database, limits);
    this.texts = new IndexTexts(database, this.#instances);
    this.progressive = new IndexProgressive(database);
    this.#studies = new StudyReader(database, words, limits);
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
        throw new ArchiveError('store-away', 'this server was taken for ended while it stored: send again', { notRun: true });
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

  async takeOut(studyInstanceUid: string, instances: Parameters<Index['takeOut']>[1], now: string): Promise<void> {
    await this.#instances.change('takeOut', {
      study_instance_uid: studyInstanceUid,
      instances: instances.map(({ sopInstanceUid, objectKey }) => ({ sop_instance_uid: sopInstanceUid, object_key: objectKey })),
      at: now,
    });
    await this.#describeAgain(studyInstanceUid);
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

  async setReach(reach: Reach): Promise<boolean> {
    return await this.#instances.change('setReach', {
      study_instance_uid: reach.studyInstanceUid,
      owner: reach.owner,
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

  listStudies(list: StudyListQuery, scope: Scope, now: string): Promise<StudyPage> {
    return this.#studies.listStudies(list, scope, now);
  }

  studyDetail(studyInstanceUid: string, scope: Scope, now: string): Promise<StudyDetail | undefined> {
    return this.#studies.studyDetail(studyInstanceUid, scope, now);
  }

  owner(
    studyInstanceUid: string,
    now: string,
  ): Promise<{ readonly facility: string; readonly sharedWith: readonly string[] } | undefined> {
    return this.#studies.owner(studyInstanceUid, now);
  }

  orderStudies(
    studyInstanceUids: readonly string[],
    window: Pick<StudyListQuery, 'from' | 'to'>,
    scope: Scope,
    now: string,
  ): Promise<readonly OrderedStudy[]> {
    return this.#studies.orderStudies(studyInstanceUids, window, scope, now);
  }

  studiesOf(studyInstanceUids: readonly string[], now: string): Promise<readonly StudyEntry[]> {
    return this.#studies.studiesOf(studyInstanceUids, now);
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

  async statistics(scope: Scope = { facilities: 'all' }): Promise<ArchiveStatistics> {
    const [row] = await this.#database.read(listing.countedQuery(scope));
    return row ?? { studies: 0, series: 0, instances: 0, bytes: 0 };
  }

  problem(): string | undefined {
    return this.#database.problem();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#database[Symbol.asyncDispose]();
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
