import { RouterError } from '../errors.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db, type Tables } from '../records/tables.ts';
import { AE_PERMISSIONS, type AeConfig, type AePermission } from './ae-config.ts';
import { type AeSettings, readAeSettings, settingsOf, writeAeSettings } from './ae-settings.ts';

/** What an application entity may do here, and whose images it brings. */
export interface AeRights {
  readonly may: readonly AePermission[];
  readonly facility: string;
  /** False for an entity that nobody listed. */
  readonly listed: boolean;
  /** Where it is expected to call from, if that is an address. */
  readonly host?: string;
  /** What else is set for it; nothing of an entity that nobody listed. */
  readonly settings: AeSettings;
}

/** The listed application entities: in the database, and whole in memory, for every association asks. */
export class AeDirectory {
  readonly #database: RouterDatabase;
  readonly #unknown: AeRights;
  readonly #limit: number;
  readonly #aes: Map<string, AeConfig>;

  private constructor(database: RouterDatabase, unknown: AeRights, limit: number, aes: Map<string, AeConfig>) {
    this.#database = database;
    this.#unknown = unknown;
    this.#limit = limit;
    this.#aes = aes;
  }

  /** `configured` is taken only when the database lists none. */
  static async open(
    database: RouterDatabase,
    options: {
      readonly configured: readonly AeConfig[];
      readonly unknownAes: readonly AePermission[];
      readonly defaultFacility: string;
      readonly limit: number;
    },
  ): Promise<AeDirectory> {
    await database.write('seedAes', { aes: options.configured.map(toRow) });
    const rows = await database.read(db.selectFrom('ae').selectAll().orderBy('title').limit(options.limit));
    const unknown = { may: options.unknownAes, facility: options.defaultFacility, listed: false, settings: {} };
    return new AeDirectory(database, unknown, options.limit, new Map(rows.map((row) => [row.title, fromRow(row)])));
  }

  list(): readonly AeConfig[] {
    return [...this.#aes.values()].toSorted((one, other) => one.title.localeCompare(other.title));
  }

  /** What an entity may do that nobody listed, and whose images it brings. */
  get unlisted(): AeRights {
    return this.#unknown;
  }

  find(title: string): AeConfig | undefined {
    return this.#aes.get(title);
  }

  rights(title: string): AeRights {
    const known = this.#aes.get(title);
    if (known === undefined) {
      return this.#unknown;
    }
    const { may, facility, host } = known;
    return { may, facility, listed: true, settings: settingsOf(known), ...(host === undefined ? {} : { host }) };
  }

  /** @throws RouterError `limit-exceeded` */
  async put(ae: AeConfig): Promise<void> {
    if (!this.#aes.has(ae.title) && this.#aes.size >= this.#limit) {
      throw new RouterError('limit-exceeded', `${this.#limit} application entities are listed, the limit`);
    }
    await this.#database.write('putAe', toRow(ae));
    this.#aes.set(ae.title, ae);
  }

  /** False when the title was not listed. */
  async delete(title: string): Promise<boolean> {
    const found = await this.#database.write('deleteAe', { title });
    this.#aes.delete(title);
    return found;
  }
}

function toRow(ae: AeConfig): Tables['ae'] {
  return {
    title: ae.title,
    host: ae.host ?? null,
    port: ae.port ?? null,
    may: JSON.stringify(ae.may),
    facility: ae.facility,
    settings: writeAeSettings(ae),
  };
}

function fromRow(row: Tables['ae']): AeConfig {
  const may: unknown = JSON.parse(row.may);
  return {
    title: row.title,
    may: AE_PERMISSIONS.filter((permission) => Array.isArray(may) && may.includes(permission)),
    facility: row.facility,
    ...readAeSettings(row.settings),
    ...(row.host === null ? {} : { host: row.host }),
    ...(row.port === null ? {} : { port: row.port }),
  };
}
