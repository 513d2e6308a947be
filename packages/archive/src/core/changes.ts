import type { Log, Scope } from '@filmless/access';
import { ArchiveError } from './errors.ts';
import type { Index } from './index-port.ts';
import type { ArchiveLimits } from './limits.ts';
import type { Change, OrderChange, StudyChange, WorkitemEvents } from './model.ts';
import type { News } from './processes/news.ts';

interface Subscriber {
  readonly scope: Scope;
  readonly listener: (change: Change) => void;
}

/** With whom a study is no more when it is told of: it may be gone. */
interface NotedChange extends StudyChange {
  readonly former?: readonly string[] | undefined;
}

/** A study that is new says more than that it was shared, and that more than that it grew, or was drawn on. */
const WEIGHT: Readonly<Record<StudyChange['change'], number>> = { marks: 0, updated: 1, shared: 2, new: 3 };

/** Tells subscribers of changed studies, each within its own scope, once in a while for a study that keeps changing. */
export class ChangeFeed implements Disposable {
  readonly #subscribers = new Set<Subscriber>();
  #waiting = new Map<string, NotedChange>();
  #timer: NodeJS.Timeout | undefined;
  readonly #index: Pick<Index, 'owner'>;
  readonly #limits: ArchiveLimits;
  readonly #now: () => string;
  readonly #log: Log;
  #news: Pick<News, 'tell' | 'listen'> | undefined;

  constructor(index: Pick<Index, 'owner'>, limits: ArchiveLimits, now: () => string, log: Log) {
    this.#index = index;
    this.#limits = limits;
    this.#now = now;
    this.#log = log;
  }

  /** There are other processes: they are told, and tell. */
  connect(news: Pick<News, 'tell' | 'listen'>): void {
    this.#news = news;
  }

  /** What another process told. */
  hear(changes: readonly Change[]): void {
    const studies = changes.flatMap((change) => ('studyInstanceUid' in change ? [change] : []));
    this.#tellLater(studies);
    for (const change of changes) {
      if ('facility' in change) {
        this.#send([change.facility], change);
      }
    }
  }

  /** @throws ArchiveError `busy` */
  subscribe(scope: Scope, listener: (change: Change) => void): Disposable {
    if (this.#subscribers.size >= this.#limits.subscribers) {
      throw new ArchiveError('busy', `${this.#limits.subscribers} event streams are open, the most at once; ask again later`);
    }
    const subscriber = { scope, listener };
    this.#subscribers.add(subscriber);
    this.#news?.listen(true);
    return {
      [Symbol.dispose]: () => {
        this.#subscribers.delete(subscriber);
        this.#news?.listen(this.#subscribers.size > 0);
      },
    };
  }

  /** Notes a change after its commit; with the facilities that the study may have left by it. */
  note(studyInstanceUid: string, change: StudyChange['change'], former: readonly string[] = []): void {
    if (this.#subscribers.size === 0 && this.#news === undefined) {
      return;
    }
    const before = this.#waiting.get(studyInstanceUid);
    const weightier = before === undefined || WEIGHT[change] > WEIGHT[before.change] ? change : before.change;
    const left = new Set([...(before?.former ?? []), ...former]);
    this.#waiting.set(studyInstanceUid, { studyInstanceUid, change: weightier, former: [...left] });
    if (this.#waiting.size >= this.#limits.changesWaiting) {
      this.#announce();
    } else {
      this.#timer ??= setTimeout(() => this.#announce(), this.#limits.changeQuietMs).unref();
    }
  }

  /** Tells of an order after its commit. */
  noteOrder({ accessionNumber, facility }: Omit<OrderChange, 'change'>, change: OrderChange['change']): void {
    this.#send([facility], { accessionNumber, facility, change });
    this.#news?.tell([{ accessionNumber, facility, change }]);
  }

  /** Tells of Workitems after their commit. */
  noteWorkitems(all: readonly WorkitemEvents[]): void {
    for (const events of all) {
      this.#send([events.facility], events);
    }
    this.#news?.tell(all);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#subscribers.clear();
    this.#waiting.clear();
  }

  #announce(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#news?.tell(changes);
    this.#tellLater(changes);
  }

  #tellLater(changes: readonly NotedChange[]): void {
    this.#tell(changes).catch((error: unknown) => this.#log.error({ error: String(error) }, 'changes-not-announced'));
  }

  async #tell(changes: readonly NotedChange[]): Promise<void> {
    for (const { studyInstanceUid, change, former = [] } of this.#subscribers.size === 0 ? [] : changes) {
      const found = await this.#index.owner(studyInstanceUid, this.#now());
      const has = found === undefined ? [] : [found.facility, ...found.sharedWith];
      this.#send(has, { studyInstanceUid, change });
      this.#send(former, { studyInstanceUid, change: 'updated' }, has);
    }
  }

  /** `except`: who has one of these facilities was told already. */
  #send(facilities: readonly string[], change: Change, except: readonly string[] = []): void {
    const hears = ({ facilities: own }: Scope, of: readonly string[]) =>
      of.length > 0 && (own === 'all' || own.some((facility) => of.includes(facility)));
    for (const { scope, listener } of this.#subscribers) {
      if (hears(scope, facilities) && !hears(scope, except)) {
        listener(change);
      }
    }
  }
}
