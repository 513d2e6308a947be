import type { Database } from '@filmless/database';
import type { ImagesWish, MatchRecords, MatchWish } from '../core/orders/match-records.ts';
import type { Match } from '../core/orders/order-records.ts';
import { matchOf } from './match-rows.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

/** Which study was made for which order, in the records' file. */
export class SqlMatches implements MatchRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async matches(studyInstanceUids: readonly string[]): Promise<ReadonlyMap<string, Match>> {
    if (studyInstanceUids.length === 0) {
      return new Map();
    }
    const rows = await this.#database.read(
      db
        .selectFrom('study_match')
        .selectAll()
        .where('study_instance_uid', 'in', [...studyInstanceUids]),
    );
    return new Map(rows.map((row) => [row.study_instance_uid, matchOf(row)]));
  }

  async put({ match, modalities, onlyFirst }: MatchWish): Promise<{ readonly before: number | null } | undefined> {
    const row = {
      study_instance_uid: match.studyInstanceUid,
      facility: match.facility,
      order_id: match.orderId,
      basis: match.basis,
      matched_by: match.by,
      matched_at: match.at,
    };
    return await this.#database.write('putMatch', { match: row, modalities, onlyFirst });
  }

  async moveByImages({ orderId, ...wish }: ImagesWish): Promise<boolean> {
    return await this.#database.write('moveImages', { id: orderId, ...wish });
  }

  async seenUntil(): Promise<string | undefined> {
    const [row] = await this.#database.read(db.selectFrom('arrival_mark').select('seen_until'));
    return row?.seen_until;
  }

  async setSeenUntil(at: string): Promise<void> {
    await this.#database.write('setMark', { seen_until: at });
  }
}
