import type { AeDirectory } from '../aes/ae-directory.ts';
import type { Clock } from '../destinations/clock.ts';
import type { RouterLimits } from '../limits.ts';
import type { ContactRow } from '../records/contacts.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import { missedHours, type Rhythm, withCall } from './rhythm.ts';

/** When a machine called last, and from where. */
export interface Contact {
  readonly title: string;
  readonly address: string;
  readonly secure: boolean;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A machine that does not call in hours in which it usually does. */
export interface Silence {
  readonly title: string;
  readonly lastAt: number;
  /** Whole hours in which it usually calls. */
  readonly missedHours: number;
}

interface Known extends Contact, Rhythm {}

/** Who was let in, when last and in which rhythm; in memory, and written with the association log. */
export class Contacts {
  readonly #limits: Pick<RouterLimits, 'contacts' | 'silentHours'>;
  readonly #known: Map<string, Known>;
  readonly #changed = new Set<string>();
  /** What was missed before is our own doing: nobody can call a server that does not run. */
  readonly #since: number;

  private constructor(limits: Pick<RouterLimits, 'contacts' | 'silentHours'>, known: Map<string, Known>, since: number) {
    this.#limits = limits;
    this.#known = known;
    this.#since = since;
  }

  static async open(database: RouterDatabase, limits: RouterLimits, now: number): Promise<Contacts> {
    const rows = await database.read(db.selectFrom('contact').selectAll().orderBy('last_at').limit(limits.contacts));
    return new Contacts(limits, new Map(rows.map((row) => [row.title, fromRow(row)])), now);
  }

  find(title: string): Contact | undefined {
    return this.#known.get(title);
  }

  /** An entity that was let in, under the title it gave. */
  note({ title, address, secure }: Pick<Contact, 'title' | 'address' | 'secure'>, at: number): void {
    const before = this.#known.get(title);
    const rhythm = withCall(before, at);
    this.#known.delete(title);
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= this.#limits.contacts) {
      this.#known.delete(oldest);
      this.#changed.delete(oldest);
    }
    this.#known.set(title, { title, address, secure, firstAt: before?.firstAt ?? at, lastAt: at, ...rhythm });
    this.#changed.add(title);
  }

  /** Undefined for a machine that nobody misses. */
  silence(title: string, now: number): Silence | undefined {
    const known = this.#known.get(title);
    if (known === undefined) {
      return undefined;
    }
    const missed = missedHours(known, Math.max(known.lastAt, this.#since), now);
    return missed < this.#limits.silentHours ? undefined : { title, lastAt: known.lastAt, missedHours: missed };
  }

  /** What is to be written since it was asked for last. */
  take(): readonly ContactRow[] {
    const rows = [...this.#changed].flatMap((title) => toRow(this.#known.get(title)) ?? []);
    this.#changed.clear();
    return rows;
  }
}

/** How many listed machines are silent that somebody would miss. */
export function silentMachines({ aes, clock, contacts }: SilenceContext): number {
  const now = clock.now();
  return aes.list().filter(({ title, quiet }) => quiet !== true && contacts.silence(title, now) !== undefined).length;
}

interface SilenceContext {
  readonly aes: Pick<AeDirectory, 'list'>;
  readonly clock: Clock;
  readonly contacts: Contacts;
}

function toRow(known: Known | undefined): ContactRow | undefined {
  return (
    known && {
      title: known.title,
      address: known.address,
      secure: known.secure ? 1 : 0,
      first_at: known.firstAt,
      last_at: known.lastAt,
      week: known.week,
      first_week: known.firstWeek,
      hours: known.hours,
    }
  );
}

function fromRow(row: ContactRow): Known {
  return {
    title: row.title,
    address: row.address,
    secure: row.secure === 1,
    firstAt: row.first_at,
    lastAt: row.last_at,
    week: row.week,
    firstWeek: row.first_week,
    hours: row.hours,
  };
}
