import type { Scope } from '@filmless/access';
import type { Database } from '@filmless/database';
import { type DataSet, matchesAll } from '@filmless/dicom';
import type { SearchQuery, SearchResult } from '../core/archive-core.ts';
import { ArchiveError } from '../core/errors.ts';
import type { ArchiveLimits } from '../core/limits.ts';
import { present } from '../core/search/present.ts';
import { batches } from './batches.ts';
import { type Unpacked, unpackHeader } from './codec.ts';
import { factsOf, type KeyFacts } from './conditions.ts';
import { headersOf } from './instances.ts';
import type { Leading } from './postgres/ways.ts';
import type { procedures } from './procedures.ts';
import { planSearch, type SearchPart, type SearchPlan } from './search.ts';
import { attributeReader, foundOf, type SearchColumns } from './search-answer.ts';
import { formatSearchCursor, parseSearchCursor, placeOf, type SearchCursor } from './search-cursor.ts';
import type { WordPlanner } from './word-planner.ts';

type Readable = Pick<Database<typeof procedures>, 'read'>;

/** How many times as many studies are looked at when the first did not have enough series or instances. */
const MORE_STUDIES = 16;

/** Candidates read at a time when headers decide. */
const HEADER_PAGE = 500;

/** A row of a search with its header, where the search needs that. */
interface Candidate {
  readonly row: SearchColumns;
  readonly header: Unpacked<DataSet> | undefined;
}

/** Where a page of a search begins. */
interface Start {
  /** Matches to leave out. */
  readonly offset: number;
  readonly after: SearchCursor | undefined;
}

/** Searches of the index, a page at a time. */
export class Searcher {
  readonly #database: Readable;
  readonly #words: WordPlanner;
  readonly #limits: ArchiveLimits;

  constructor(database: Readable, words: WordPlanner, limits: ArchiveLimits) {
    this.#database = database;
    this.#words = words;
    this.#limits = limits;
  }

  async search(search: SearchQuery, scope: Scope, now: string): Promise<SearchResult> {
    const facts = factsOf(search.keys);
    const plan = planSearch(search, scope, now, facts, await this.#plan(search, facts, scope));
    const limit = Math.min(search.limit ?? this.#limits.searchPage, this.#limits.searchPage);
    const from = this.#startOf(search);
    const included = search.include === 'all' ? [] : search.include;
    const asked = plan.rest.map((key) => key.path[0]);
    const named = [...asked, ...search.keys.map((key) => key.path[0]), ...included];
    const candidates = plan.rest.length === 0 ? this.#page(plan, limit + 1, from) : this.#filtered(plan, from);
    const read = attributeReader();
    const total = async (counted: number | undefined) =>
      search.total === false ? undefined : await this.#total(plan, from, counted);
    const results: DataSet[] = [];
    let bytes = 0;
    let last: SearchColumns | undefined;
    for await (const { row, header } of candidates) {
      if (results.length >= limit || bytes >= this.#limits.searchBytes) {
        const next = last === undefined ? null : formatSearchCursor(placeOf(last));
        return { results, more: true, next, total: await total(undefined) };
      }
      const tags = search.include === 'all' ? 'all' : [...included, ...asked];
      results.push(present(foundOf(row, search, named, header?.value, read), tags));
      bytes += header?.bytes ?? 0;
      last = row;
    }
    return { results, more: false, next: null, total: await total(results.length) };
  }

  /** What leads, where words do. */
  async #plan({ within }: SearchQuery, { demands, selective }: KeyFacts, scope: Scope): Promise<Leading | undefined> {
    return selective || within !== undefined ? undefined : await this.#words.plan(demands, scope);
  }

  /** How many match in all, as far as that is known or counted without much ado. `last`: results of the page, when none are behind. */
  async #total(plan: SearchPlan, { offset, after }: Start, last: number | undefined): Promise<number | undefined> {
    if (last !== undefined && after === undefined && (last > 0 || offset === 0)) {
      return offset + last;
    }
    if (plan.count === undefined) {
      return undefined;
    }
    const { exactTotal } = this.#limits;
    const [row] = await this.#database.read(plan.count(exactTotal + 1));
    return row === undefined || row.count > exactTotal ? undefined : row.count;
  }

  #startOf({ level, offset = 0, after }: SearchQuery): Start {
    if (offset > this.#limits.searchOffset) {
      throw new ArchiveError('limit-exceeded', `offset: at most ${this.#limits.searchOffset}; narrow the search instead`);
    }
    if (after === undefined) {
      return { offset, after: undefined };
    }
    if (offset > 0) {
      throw new ArchiveError('invalid-request', 'offset and after say both where to go on; give one of them');
    }
    return { offset: 0, after: parseSearchCursor(level, after) };
  }

  /** One page of a search that the index alone answers. */
  async *#page(plan: SearchPlan, limit: number, { offset, after }: Start): AsyncIterable<Candidate> {
    yield* this.#withHeaders(await this.#candidates(plan, limit, offset, after));
  }

  /** Rows behind a place: those of one part, and of the next when there is room for more. */
  async #candidates(
    plan: SearchPlan,
    limit: number,
    offset: number,
    after: SearchCursor | undefined,
  ): Promise<readonly SearchColumns[]> {
    const rows: SearchColumns[] = [];
    for (const part of plan.parts(after)) {
      if (rows.length < limit) {
        rows.push(...(await this.#rowsOf(part, limit - rows.length, offset)));
      }
    }
    return rows;
  }

  /** NOTE: each study has a series and an instance, so as many studies as rows do, unless something else is asked of those. */
  async #rowsOf(part: SearchPart, limit: number, offset: number): Promise<readonly SearchColumns[]> {
    for (let most = limit + offset; ; most *= MORE_STUDIES) {
      const rows = await this.#database.read(part.page(limit, offset, most));
      if (rows.length === limit || part.studies === undefined) {
        return rows;
      }
      const [counted] = await this.#database.read(part.studies(most));
      if ((counted?.count ?? 0) < most) {
        return rows;
      }
    }
  }

  /** Looks through stored headers, page by page, until the caller has enough or too many did not match. */
  async *#filtered(plan: SearchPlan, start: Start): AsyncIterable<Candidate> {
    let matched = 0;
    let { after } = start;
    for (let seen = 0; ; seen += HEADER_PAGE) {
      if (seen >= this.#limits.searchHeaders) {
        const keys = plan.rest.map((key) => key.path.join('.')).join(', ');
        throw new ArchiveError(
          'limit-exceeded',
          `${keys}: not indexed, and more than ${this.#limits.searchHeaders} objects would have to be looked at; add a date, a patient or a study`,
        );
      }
      const page = await this.#candidates(plan, HEADER_PAGE, 0, after);
      for await (const candidate of this.#withHeaders(page)) {
        if (candidate.header !== undefined && matchesAll(candidate.header.value, plan.rest)) {
          matched += 1;
          if (matched > start.offset) {
            yield candidate;
          }
        }
      }
      const last = page.at(-1);
      if (last === undefined || page.length < HEADER_PAGE) {
        return;
      }
      after = placeOf(last);
    }
  }

  /** Reads the headers of rows that have one, so many bytes at a time; they are unpacked one by one. */
  async *#withHeaders(rows: readonly SearchColumns[]): AsyncIterable<Candidate> {
    for (const batch of batches(rows, this.#limits.readPageBytes)) {
      const ids = batch.map((row) => row.header_of).filter((id) => id !== undefined);
      const found = ids.length === 0 ? [] : await this.#database.read(headersOf(ids));
      const packed = new Map(found.map((header) => [header.instance_id, header.header]));
      for (const row of batch) {
        const header = row.header_of === undefined ? undefined : packed.get(row.header_of);
        yield { row, header: header === undefined ? undefined : unpackHeader(header) };
      }
    }
  }
}
