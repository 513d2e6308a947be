import { RouterError } from '../errors.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { DestinationRow } from '../records/settings.ts';
import { db } from '../records/tables.ts';
import type { Destination } from '../routing/destination.ts';
import { fromRow, toRow } from './destination-rows.ts';

export interface DirectoryOptions {
  /** Taken only when the database holds none. */
  readonly configured: readonly Destination[];
  /** Always there, as they are given; only whether they are on is kept. */
  readonly fixed: readonly Destination[];
  readonly limit: number;
}

/** The destinations: in the database, and whole in memory, for every instance asks. */
export class DestinationDirectory {
  readonly #database: RouterDatabase;
  readonly #limit: number;
  readonly #fixed: ReadonlyMap<string, Destination>;
  readonly #destinations: Map<string, Destination>;

  private constructor(database: RouterDatabase, { limit, fixed }: DirectoryOptions, destinations: Map<string, Destination>) {
    this.#database = database;
    this.#limit = limit;
    this.#fixed = new Map(fixed.map((destination) => [destination.id, destination]));
    this.#destinations = destinations;
  }

  static async open(database: RouterDatabase, options: DirectoryOptions): Promise<DestinationDirectory> {
    const { configured, fixed, limit } = options;
    await database.write('seedDestinations', { destinations: configured.map(toRow) });
    const rows = await database.read(db.selectFrom('destination').selectAll().orderBy('id').limit(limit));
    const destinations = new Map(rows.map((row) => [row.id, fromRow(row)]));
    for (const given of fixed) {
      const destination = { ...given, enabled: destinations.get(given.id)?.enabled ?? given.enabled };
      await database.write('putDestination', withoutSecret(destination));
      destinations.set(given.id, destination);
    }
    return new DestinationDirectory(database, options, destinations);
  }

  /** Whether it stands in the configuration and nowhere else. */
  isFixed(id: string): boolean {
    return this.#fixed.has(id);
  }

  list(): readonly Destination[] {
    return [...this.#destinations.values()];
  }

  /** All of them by their ids, as they are now. */
  get byId(): ReadonlyMap<string, Destination> {
    return this.#destinations;
  }

  find(id: string): Destination | undefined {
    return this.#destinations.get(id);
  }

  /** @throws RouterError `limit-exceeded`; `conflict` for one that is fixed */
  async put(destination: Destination): Promise<void> {
    const fixed = this.#fixed.get(destination.id);
    if (fixed !== undefined && !isSame({ ...destination, enabled: fixed.enabled }, fixed)) {
      throw new RouterError('conflict', `${destination.id} is set by the configuration: it can be paused here, and nothing else`);
    }
    if (!this.#destinations.has(destination.id) && this.#destinations.size >= this.#limit) {
      throw new RouterError('limit-exceeded', `there are ${this.#limit} destinations, the limit`);
    }
    await this.#database.write('putDestination', fixed === undefined ? toRow(destination) : withoutSecret(destination));
    this.#destinations.set(destination.id, destination);
  }

  /** @throws RouterError `not-found`; `conflict` while deliveries are open, or for one that is fixed */
  async delete(id: string): Promise<void> {
    if (this.#fixed.has(id)) {
      throw new RouterError('conflict', `${id} is set by the configuration`);
    }
    const outcome = await this.#database.write('deleteDestination', { id });
    if (outcome === 'busy') {
      throw new RouterError('conflict', `deliveries to ${id} are still open: send them, or take them out of the queue first`);
    }
    this.#destinations.delete(id);
    if (outcome === 'absent') {
      throw new RouterError('not-found', `there is no destination ${id}`);
    }
  }
}

function withoutSecret(destination: Destination): DestinationRow {
  return { ...toRow(destination), secret: null };
}

function isSame(one: Destination, other: Destination): boolean {
  return JSON.stringify(toRow(one)) === JSON.stringify(toRow(other));
}
