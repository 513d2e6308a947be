import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import type { OpenCommitment } from './report.ts';

const OPEN = ['asked', 'checked'] as const;

function openCommitments() {
  return db
    .selectFrom('commitment')
    .select(['id', 'transaction_uid', 'ae_title', 'facility', 'address', 'state', 'attempts', 'next_attempt'])
    .where('state', 'in', OPEN);
}

type Row = {
  readonly id: number;
  readonly transaction_uid: string;
  readonly ae_title: string;
  readonly facility: string;
  readonly address: string;
  readonly state: string;
  readonly attempts: number;
};

function fromRow(row: Row): OpenCommitment {
  return {
    id: row.id,
    transactionUid: row.transaction_uid,
    aeTitle: row.ae_title,
    facility: row.facility,
    address: row.address,
    state: row.state === 'checked' ? 'checked' : 'asked',
    attempts: row.attempts,
  };
}

/** The requests that are not reported yet, by when they are due. */
export class DueCommitments {
  readonly #database: RouterDatabase;
  /** Due at once, whatever their row says. */
  readonly #hurried = new Set<number>();

  constructor(database: RouterDatabase) {
    this.#database = database;
  }

  hurry(id: number): void {
    this.#hurried.add(id);
  }

  async find(id: number): Promise<OpenCommitment | undefined> {
    const [row] = await this.#database.read(openCommitments().where('id', '=', id));
    return row === undefined ? undefined : fromRow(row);
  }

  /** At most `limit`, the longest due first, but not those that are under way, or of peers that are being called. */
  async list(
    now: number,
    limit: number,
    working: ReadonlySet<number>,
    busy: readonly string[],
  ): Promise<readonly OpenCommitment[]> {
    const hurried = [...this.#hurried].slice(0, limit);
    const rows = await this.#database.read(
      openCommitments()
        .where((is) => is.or([is('next_attempt', '<=', now), is('id', 'in', hurried)]))
        .where('id', 'not in', [...working])
        .where('ae_title', 'not in', busy)
        .orderBy('next_attempt')
        .limit(limit),
    );
    for (const id of hurried) {
      this.#hurried.delete(id);
    }
    return rows.map(fromRow);
  }

  /** When the next is due that `list` could give. */
  async next(working: ReadonlySet<number>, busy: readonly string[]): Promise<number | undefined> {
    const [row] = await this.#database.read(
      db
        .selectFrom('commitment')
        .select((column) => column.fn.min('next_attempt').as('at'))
        .where('state', 'in', OPEN)
        .where('id', 'not in', [...working])
        .where('ae_title', 'not in', busy),
    );
    return row?.at === null || row?.at === undefined ? undefined : Number(row.at);
  }
}
