import type { Scope } from '@filmless/access';
import type { Database, ProcedureArgs, ProcedureResult } from '@filmless/database';
import type { ArchiveLimits } from '../core/limits.ts';
import type { InstanceHeader, LaidOutInstance, StoredInstance, Target } from '../core/model.ts';
import type { HeaderText } from '../core/series/series-texts.ts';
import { batches } from './batches.ts';
import { unpackHeader, unpackLayout, unpackText } from './codec.ts';
import * as instances from './instances.ts';
import { Lookups } from './lookups.ts';
import type { procedures } from './procedures.ts';
import { type InstanceRow, storedInstance } from './rows.ts';

/** Reads instances, one or many, and remembers those that were asked for one by one. */
export class InstanceReader {
  readonly #database: Database<typeof procedures>;
  readonly #limits: Pick<ArchiveLimits, 'readPage' | 'readPageBytes'>;
  readonly #lookups = new Lookups();

  constructor(database: Database<typeof procedures>, limits: Pick<ArchiveLimits, 'readPage' | 'readPageBytes'>) {
    this.#database = database;
    this.#limits = limits;
  }

  /** Changes what is kept of an instance, or who may see it. */
  async change<K extends keyof typeof procedures>(
    name: K,
    args: ProcedureArgs<(typeof procedures)[K]>,
  ): Promise<ProcedureResult<(typeof procedures)[K]>> {
    try {
      return await this.#database.write(name, args);
    } finally {
      this.#lookups.forget();
    }
  }

  async instance(target: Required<Target>, scope: Scope, now: string): Promise<InstanceHeader | undefined> {
    const { changes } = this.#lookups;
    const [row] = await this.#database.read(instances.oneInstance<instances.HeaderRow>(target, scope, now, 'header'));
    if (row === undefined) {
      return undefined;
    }
    this.#lookups.remember(changes, target, scope, storedInstance(row));
    return headerOf(row);
  }

  async layout(target: Required<Target>, scope: Scope, now: string): Promise<LaidOutInstance | undefined> {
    const { changes } = this.#lookups;
    const [row] = await this.#database.read(instances.oneInstance<instances.LayoutRow>(target, scope, now, 'layout'));
    if (row === undefined) {
      return undefined;
    }
    const instance = storedInstance(row);
    this.#lookups.remember(changes, target, scope, instance);
    const { value, bytes } = unpackLayout(row.layout);
    return { ...instance, ...value, textBytes: bytes };
  }

  async stored(target: Required<Target>, scope: Scope, now: string): Promise<StoredInstance | undefined> {
    const known = this.#lookups.find(target, scope);
    if (known !== undefined) {
      return known;
    }
    const { changes } = this.#lookups;
    const [row] = await this.#database.read(instances.oneInstance<InstanceRow>(target, scope, now, 'plain'));
    const instance = row === undefined ? undefined : storedInstance(row);
    if (instance !== undefined) {
      this.#lookups.remember(changes, target, scope, instance);
    }
    return instance;
  }

  async *instances(target: Target, scope: Scope, now: string): AsyncIterable<StoredInstance> {
    if (target.sopInstanceUid !== undefined) {
      const rows = await this.#database.read(instances.oneInstance<InstanceRow>(target, scope, now, 'plain'));
      yield* rows.map(storedInstance);
      return;
    }
    for await (const page of this.#walk<InstanceRow>(target, scope, now, false)) {
      yield* page.map(storedInstance);
    }
  }

  async *headers(target: Target, scope: Scope, now: string): AsyncIterable<InstanceHeader> {
    if (target.sopInstanceUid !== undefined) {
      const rows = await this.#database.read(instances.oneInstance<instances.HeaderRow>(target, scope, now, 'header'));
      yield* rows.map(headerOf);
      return;
    }
    for await (const page of this.#walk<instances.SizedRow>(target, scope, now, true)) {
      for (const batch of batches(page, this.#limits.readPageBytes)) {
        const found = await this.#database.read(instances.headersAndLayoutsOf(batch.map(({ id }) => id)));
        const headers = new Map(found.map((header) => [header.instance_id, header]));
        for (const row of batch) {
          const packed = headers.get(row.id);
          if (packed !== undefined) {
            yield headerOf({ ...row, ...packed });
          }
        }
      }
    }
  }

  /** Headers as text: nothing is looked for in them, and where values lie is not read. */
  async *headerTexts(target: Target, scope: Scope, now: string): AsyncIterable<HeaderText> {
    for await (const page of this.#walk<instances.SizedRow>(target, scope, now, true)) {
      for (const batch of batches(page, this.#limits.readPageBytes)) {
        const found = await this.#database.read(instances.headersOf(batch.map(({ id }) => id)));
        const headers = new Map(found.map(({ instance_id, header }) => [instance_id, header]));
        for (const row of batch) {
          const packed = headers.get(row.id);
          if (packed !== undefined) {
            yield { ...storedInstance(row), text: unpackText(packed) };
          }
        }
      }
    }
  }

  async representative(target: Target, scope: Scope, now: string): Promise<InstanceHeader | undefined> {
    const [row] = await this.#database.read(instances.firstWithFrames(target, scope, now));
    return row === undefined ? undefined : headerOf(row);
  }

  async *#walk<R extends InstanceRow>(target: Target, scope: Scope, now: string, withSize: boolean): AsyncIterable<readonly R[]> {
    const limit = this.#limits.readPage;
    for (const { id } of await this.#database.read(instances.seriesOf(target, scope, now))) {
      let after: instances.After | undefined;
      for (;;) {
        const page = await this.#database.read(instances.pageOfSeries<R>(id, scope, now, after, limit, withSize));
        yield page;
        const last = page.at(-1);
        if (last === undefined || page.length < limit) {
          break;
        }
        after = { position: last.position, uid: last.sop_instance_uid };
      }
    }
  }
}

export function headerOf(row: instances.HeaderRow): InstanceHeader {
  const header = unpackHeader(row.header);
  const layout = unpackLayout(row.layout);
  return { ...storedInstance(row), header: header.value, ...layout.value, textBytes: header.bytes + layout.bytes };
}
