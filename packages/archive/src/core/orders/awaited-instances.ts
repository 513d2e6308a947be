import type { Dependencies } from '../dependencies.ts';

const PAGE = 1_000;
/** Arrivals are gathered for one commit. */
const GATHER_MS = 50;
/** Until what could not be noted is tried again. */
const AGAIN_MS = 5_000;

/**
 * Instances that machines named when they were done and that were not here. They are rows of the records; this is their mirror in
 * memory, so that the store path asks no database.
 */
export class AwaitedInstances {
  readonly #with: Pick<Dependencies, 'records' | 'index' | 'limits' | 'log'>;
  readonly #told: (studies: readonly string[]) => void;
  readonly #uids = new Set<string>();
  /** True when there are more than are held in memory: then each arrival may be one. */
  #overflown: boolean;
  #arrived = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(
    dependencies: Pick<Dependencies, 'records' | 'index' | 'limits' | 'log'>,
    told: (studies: readonly string[]) => void,
    options: { readonly shared: boolean },
  ) {
    // What another process was told that it is to wait for, this one does not know.
    this.#overflown = options.shared;
    this.#with = dependencies;
    this.#told = told;
  }

  /** Reads them at a start, and ticks off those that came before it and were not noted any more. */
  async load(): Promise<void> {
    const { performed } = this.#with.records;
    for (let after: Awaited<ReturnType<typeof performed.awaited>>[number] | undefined; ; ) {
      const page = await performed.awaited(after, PAGE);
      await this.expect(page.map(({ sopInstanceUid }) => sopInstanceUid));
      after = page.at(-1);
      if (after === undefined || page.length < PAGE) {
        return;
      }
    }
  }

  /** From now on these are waited for, but for those that are here. They stand in the records already. */
  async expect(sopInstanceUids: readonly string[]): Promise<void> {
    const { index, records, limits } = this.#with;
    for (const uid of sopInstanceUids) {
      if (this.#uids.size < limits.awaitedInstances) {
        this.#uids.add(uid);
      } else {
        this.#overflown = true;
      }
    }
    const here = await index.present(sopInstanceUids);
    await records.performed.arrived([...here]);
    for (const uid of here) {
      this.#uids.delete(uid);
    }
  }

  /** An instance was stored. */
  note(sopInstanceUid: string, studyInstanceUid: string): void {
    if (!(this.#overflown || this.#uids.has(sopInstanceUid))) {
      return;
    }
    this.#uids.delete(sopInstanceUid);
    this.#arrived.set(sopInstanceUid, studyInstanceUid);
    this.#schedule(GATHER_MS);
  }

  async idle(): Promise<void> {
    this.#write();
    await this.#work;
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => this.#write(), ms).unref();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const arrived = this.#arrived;
    if (arrived.size === 0) {
      return;
    }
    this.#arrived = new Map();
    this.#work = this.#work
      .then(async () => {
        await this.#with.records.performed.arrived([...arrived.keys()]);
        this.#told([...new Set(arrived.values())]);
      })
      .catch((error: unknown) => {
        this.#with.log.error({ error: String(error) }, 'arrival-not-noted');
        this.#again(arrived);
      });
  }

  /** NOTE: of more than are held they are still awaited in the records, and ticked off at the next start. */
  #again(arrived: ReadonlyMap<string, string>): void {
    if (this.#arrived.size + arrived.size <= this.#with.limits.awaitedInstances) {
      this.#arrived = new Map([...arrived, ...this.#arrived]);
      this.#schedule(AGAIN_MS);
    }
  }
}
