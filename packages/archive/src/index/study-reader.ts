import type { Scope } from '@filmless/access';
import type { Database } from '@filmless/database';
import type { OrderedStudy } from '../core/index-port.ts';
import type { ArchiveLimits } from '../core/limits.ts';
import type { SeriesEntry, StudyDetail, StudyEntry, StudyListQuery, StudyPage } from '../core/model.ts';
import * as arrivals from './arrivals.ts';
import * as listing from './listing.ts';
import type { procedures } from './procedures.ts';
import type { WordPlanner } from './word-planner.ts';

/** The list of studies, and studies as it shows them. */
export class StudyReader {
  readonly #database: Database<typeof procedures>;
  readonly #words: WordPlanner;
  readonly #limits: Pick<ArchiveLimits, 'studyPage' | 'exactTotal'>;

  constructor(
    database: Database<typeof procedures>,
    words: WordPlanner,
    limits: Pick<ArchiveLimits, 'studyPage' | 'exactTotal'>,
  ) {
    this.#database = database;
    this.#words = words;
    this.#limits = limits;
  }

  async listStudies(list: StudyListQuery, scope: Scope, now: string): Promise<StudyPage> {
    const limit = Math.max(1, Math.min(list.limit, this.#limits.studyPage));
    const leading = await this.#words.plan(listing.listDemands(list, scope), scope);
    const { page, total } = listing.listQueries({ ...list, limit }, scope, now, this.#limits.exactTotal, leading);
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

  async #entries(rows: readonly listing.StudyRow[], now: string): Promise<StudyPage['studies']> {
    if (rows.length === 0) {
      return [];
    }
    const ids = rows.map((row) => row.id);
    const [bodyParts = [], shares = []] = await this.#database.readAll(listing.aroundQueries(ids, now));
    return rows.map((row) => listing.studyEntry(row, listing.aroundOf(row.id, bodyParts, shares)));
  }
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
