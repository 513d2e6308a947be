import type { AeDirectory } from '../aes/ae-directory.ts';
import type { Clock } from '../destinations/clock.ts';
import type { RouterLimits } from '../limits.ts';
import type { ContactChanges, ContactRow } from '../records/contacts.ts';
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
  readonly #gone = new Set<string>();
  readonly #listed: (title: string) => boolean;
  /** What was missed before is our own doing: nobody can call a server that does not run. */
  readonly #since: number;

  private constructor(options: ContactsOptions, known: Map<string, Known>) {
    this.#limits = options.limits;
    this.#known = known;
    this.#since = options.now;
    this.#listed = options.listed;
  }

  static async open(database: RouterDatabase, options: ContactsOptions): Promise<Contacts> {
    const rows = await database.read(db.selectFrom('contact').selectAll().orderBy('last_at').limit(options.limits.contacts));
    return new Contacts(options, new Map(rows.map((row) => [row.title, fromRow(row)])));
  }

  find(title: string): Contact | undefined {
    return this.#known.get(title);
  }

  /** An entity that was let in, under the title it gave. */
  note({ title, address, secure }: Pick<Contact, 'title' | 'address' | 'secure'>, at: number): void {
    const before = this.#known.get(title);
    const rhythm = withCall(before, at);
    this.#known.delete(title);
    if (this.#known.size >= this.#limits.contacts) {
      this.#forgetOne();
    }
    this.#gone.delete(title);
    this.#known.set(title, { title, address, secure, firstAt: before?.firstAt ?? at, lastAt: at, ...rhythm });
    this.#changed.add(title);
  }

  /** The one that called longest ago: who calls itself otherwise each time must not push out the listed ones. */
  #forgetOne(): void {
    const oldest = this.#known.keys().find((title) => !this.#listed(title)) ?? this.#known.keys().next().value;
    if (oldest !== undefined) {
      this.#known.delete(oldest);
      this.#changed.delete(oldest);
      this.#gone.add(oldest);
    }
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

  /** What is to be written since it was asked for last; undefined when nothing is. */
  take(): ContactChanges | undefined {
    if (this.#changed.size + this.#gone.size === 0) {
      return undefined;
    }
    const rows = [...this.#changed].flatMap((title) => toRow(this.#known.get(title)) ?? []);
    const gone = [...this.#gone];
    this.#changed.clear();
    this.#gone.clear();
    return { rows, gone };
  }
}

interface ContactsOptions {
  readonly limits: Pick<RouterLimits, 'contacts' | 'silentHours'>;
  readonly now: number;
  /** Whether a title is listed: such a one is forgotten last. */
  readonly listed: (title: string) => boolean;
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
