import { RouterError } from '../errors.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import type { Destination } from '../routing/destination.ts';
import { fromRow, toRow } from './destination-rows.ts';

/** The destinations: in the database, and whole in memory, for every instance asks. */
export class DestinationDirectory {
  readonly #database: RouterDatabase;
  readonly #limit: number;
  readonly #destinations: Map<string, Destination>;

  private constructor(database: RouterDatabase, limit: number, destinations: Map<string, Destination>) {
    this.#database = database;
    this.#limit = limit;
    this.#destinations = destinations;
  }

  /** `configured` is taken only when the database holds none. */
  static async open(database: RouterDatabase, configured: readonly Destination[], limit: number): Promise<DestinationDirectory> {
    await database.write('seedDestinations', { destinations: configured.map(toRow) });
    const rows = await database.read(db.selectFrom('destination').selectAll().orderBy('id').limit(limit));
    return new DestinationDirectory(database, limit, new Map(rows.map((row) => [row.id, fromRow(row)])));
  }

  list(): readonly Destination[] {
    return [...this.#destinations.values()];
  }

  find(id: string): Destination | undefined {
    return this.#destinations.get(id);
  }

  /** @throws RouterError `limit-exceeded` */
  async put(destination: Destination): Promise<void> {
    if (!this.#destinations.has(destination.id) && this.#destinations.size >= this.#limit) {
      throw new RouterError('limit-exceeded', `there are ${this.#limit} destinations, the limit`);
    }
    await this.#database.write('putDestination', toRow(destination));
    this.#destinations.set(destination.id, destination);
  }

  /** @throws RouterError `not-found`; `conflict` while deliveries are open */
  async delete(id: string): Promise<void> {
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
