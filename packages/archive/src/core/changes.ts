import type { Log, Scope } from '@filmless/access';
import { ArchiveError } from './errors.ts';
import type { Index } from './index-port.ts';
import type { ArchiveLimits } from './limits.ts';
import type { Change, OrderChange, StudyChange } from './model.ts';

interface Subscriber {
  readonly scope: Scope;
  readonly listener: (change: Change) => void;
}

/** A study that is new says more than that it was shared, and that more than that it grew. */
const WEIGHT: Readonly<Record<StudyChange['change'], number>> = { updated: 0, shared: 1, new: 2 };

/** Tells subscribers of changed studies, each within its own scope, once in a while for a study that keeps changing. */
export class ChangeFeed implements Disposable {
  readonly #subscribers = new Set<Subscriber>();
  #waiting = new Map<string, StudyChange['change']>();
  #timer: NodeJS.Timeout | undefined;
  readonly #index: Pick<Index, 'owner'>;
  readonly #limits: ArchiveLimits;
  readonly #now: () => string;
  readonly #log: Log;

  constructor(index: Pick<Index, 'owner'>, limits: ArchiveLimits, now: () => string, log: Log) {
    this.#index = index;
    this.#limits = limits;
    this.#now = now;
    this.#log = log;
  }

  /** @throws ArchiveError `busy` */
  subscribe(scope: Scope, listener: (change: Change) => void): Disposable {
    if (this.#subscribers.size >= this.#limits.subscribers) {
      throw new ArchiveError('busy', `${this.#limits.subscribers} event streams are open, the most at once; ask again later`);
    }
    const subscriber = { scope, listener };
    this.#subscribers.add(subscriber);
    return { [Symbol.dispose]: () => void this.#subscribers.delete(subscriber) };
  }

  /** Notes a change after its commit. */
  note(studyInstanceUid: string, change: StudyChange['change']): void {
    if (this.#subscribers.size === 0) {
      return;
    }
    const before = this.#waiting.get(studyInstanceUid);
    if (before === undefined || WEIGHT[change] > WEIGHT[before]) {
      this.#waiting.set(studyInstanceUid, change);
    }
    if (this.#waiting.size >= this.#limits.changesWaiting) {
      this.#announce();
    } else {
      this.#timer ??= setTimeout(() => this.#announce(), this.#limits.changeQuietMs).unref();
    }
  }

  /** Tells of an order after its commit. */
  noteOrder({ accessionNumber, facility }: Omit<OrderChange, 'change'>, change: OrderChange['change']): void {
    this.#send([facility], { accessionNumber, facility, change });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#subscribers.clear();
    this.#waiting.clear();
  }

  #announce(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = this.#waiting;
    this.#waiting = new Map();
    this.#tell(changes).catch((error: unknown) => this.#log.error({ error: String(error) }, 'changes-not-announced'));
  }

  async #tell(changes: ReadonlyMap<string, StudyChange['change']>): Promise<void> {
    for (const [studyInstanceUid, change] of changes) {
      const owner = await this.#index.owner(studyInstanceUid, this.#now());
      if (owner === undefined) {
        continue;
      }
      this.#send([owner.facility, ...owner.sharedWith], { studyInstanceUid, change });
    }
  }

  #send(facilities: readonly string[], change: Change): void {
    for (const { scope, listener } of this.#subscribers) {
      if (scope.facilities === 'all' || scope.facilities.some((facility) => facilities.includes(facility))) {
        listener(change);
      }
    }
  }
}
