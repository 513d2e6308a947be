import type { ChangeFeed } from '../changes.ts';
import { type Dependencies, issuerOf } from '../dependencies.ts';
import type { StudyDetail } from '../model.ts';
import type { Processes } from '../processes/processes.ts';
import { AwaitedInstances } from './awaited-instances.ts';
import { isAtRest } from './completeness.ts';
import { automaticMatch } from './matching.ts';
import type { OrderListener } from './order-desk.ts';
import type { KeptOrder } from './order-records.ts';
import type { PerformedListener } from './performed-desk.ts';
import { QuietStudies } from './quiet-studies.ts';

/** Overlap of what a start looks at with what the last run had looked at. */
const OVERLAP_MS = 60_000;
/** How often it is written down up to when arrivals were looked at. */
const MARK_MS = 60_000;
/** Until what could not be looked at is looked at again. */
const AGAIN_MS = 10_000;
/** What a question waits for arrivals before it. */
const PATIENCE_MS = 1_000;
/** Studies of one accession number that an order is matched with. */
const MOST_STUDIES = 20;
const EVERYWHERE = { facilities: 'all' } as const;

/**
 * What follows from images that arrive: their study is matched with its order, the order moves, instances that a machine named are
 * ticked off, and some time after the last one the study is at rest. All of it after the store, whose path only notes.
 */
export class Arrivals implements OrderListener, PerformedListener, AsyncDisposable {
  readonly #with: Dependencies;
  readonly #changes: ChangeFeed;
  readonly #awaited: AwaitedInstances;
  readonly #quiet: QuietStudies;
  /** Studies that were looked at, or will be; the one noted longest ago first. */
  readonly #looked = new Set<string>();
  #anyOrder = false;
  #waiting = 0;
  /** Since when some were not looked at: they are looked at again, or else a start, or another process, must. ISO 8601, UTC. */
  #missed: string | undefined;
  /** Up to when all was, as far as it was noted. */
  #seenUntil = '';
  #again: NodeJS.Timeout | undefined;
  #ended = false;
  #work: Promise<void> = Promise.resolve();
  #markedAt = performance.now();

  readonly #shared: boolean;

  constructor(dependencies: Dependencies, { shared }: Pick<Processes, 'shared'>, changes: ChangeFeed) {
    this.#with = dependencies;
    this.#shared = shared;
    this.#changes = changes;
    this.#awaited = new AwaitedInstances(dependencies, (studies) => this.#tell(studies), { shared });
    this.#quiet = new QuietStudies(dependencies.limits, (study) => {
      this.#do(() => this.#settle(study));
      this.#mark();
    });
  }

  /** Takes up what the last run had not looked at any more. */
  async start(): Promise<void> {
    const { records, now } = this.#with;
    this.#seenUntil = now();
    // An order may come to another process at any time.
    this.#anyOrder = this.#shared || (await records.orders.anyOrder());
    await this.#awaited.load();
    const since = await records.matches.seenUntil();
    if (since === undefined) {
      await records.matches.setSeenUntil(now());
    } else if (!this.#shared) {
      await this.lookSince(since);
    }
  }

  /** Up to when all arrivals were looked at; ISO 8601, UTC. */
  get seenUntil(): string {
    return this.#missed ?? (this.#waiting === 0 && this.#quiet.size === 0 ? this.#with.now() : this.#seenUntil);
  }

  /** Looks at what came since a time, and somewhat before: as far back as studies may not have been at rest, too. */
  async lookSince(since: string): Promise<void> {
    if (this.#anyOrder && since !== '') {
      const overlapping = new Date(Date.parse(since) - OVERLAP_MS - this.#with.limits.studyQuietMs).toISOString();
      for await (const study of this.#with.index.studiesSince(overlapping)) {
        this.#looked.delete(study);
        this.#look(study);
        this.#quiet.note(study);
      }
    }
  }

  /** An instance was stored. NOTE: on the store path: nothing here waits or asks a database. */
  note(studyInstanceUid: string, sopInstanceUid: string): void {
    this.#awaited.note(sopInstanceUid, studyInstanceUid);
    this.#quiet.note(studyInstanceUid);
    if (this.#anyOrder && !this.#looked.has(studyInstanceUid)) {
      this.#look(studyInstanceUid);
    }
  }

  async named(sopInstanceUids: readonly string[]): Promise<void> {
    await this.#awaited.expect(sopInstanceUids);
  }

  /** Studies that came before their order are matched with it now. */
  async orderChanged({ document, state }: KeptOrder): Promise<void> {
    this.#anyOrder = true;
    if (state === 'CANCELLED') {
      return;
    }
    const { index, now } = this.#with;
    const { accessionNumber, facility, studyInstanceUid } = document;
    const list = { accessionNumber, facility, limit: MOST_STUDIES };
    const { studies } = await index.listStudies(list, EVERYWHERE, now());
    for (const uid of new Set([studyInstanceUid, ...studies.map((study) => study.studyInstanceUid)])) {
      this.#do(() => this.#match(uid));
    }
    await this.idle();
  }

  /** Resolves once all is done that was noted before, or after a second: whoever asks sees what they have just sent. */
  async idle(): Promise<void> {
    await this.#awaited.idle();
    if (this.#waiting > 0) {
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, PATIENCE_MS);
      await Promise.race([this.#work, patience.promise]);
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#quiet[Symbol.dispose]();
    clearTimeout(this.#again);
    await this.idle();
    this.#ended = true;
    await this.#work;
    await this.#setMark().catch((error: unknown) => this.#with.log.warn({ error: String(error) }, 'arrivals-not-marked'));
  }

  #look(study: string): void {
    if (this.#waiting >= this.#with.limits.arrivalsWaiting) {
      this.#miss();
      return;
    }
    this.#looked.add(study);
    if (this.#looked.size > this.#with.limits.arrivalsWaiting) {
      const [oldest = ''] = this.#looked;
      this.#looked.delete(oldest);
    }
    this.#do(() => this.#match(study));
  }

  /** One after the other: a match of two studies with one order follows from the first. */
  #do(task: () => Promise<void>): void {
    this.#waiting += 1;
    this.#work = this.#work
      .then(async () => {
        if (this.#ended) {
          this.#miss();
        } else {
          await task();
        }
      })
      .catch((error: unknown) => {
        this.#miss();
        this.#with.log.error({ error: String(error) }, 'arrival-not-matched');
      })
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  #miss(): void {
    this.#missed ??= this.#seenUntil;
    if (!this.#ended) {
      this.#again ??= setTimeout(() => {
        this.#again = undefined;
        this.#lookAgain();
      }, AGAIN_MS).unref();
    }
  }

  #lookAgain(): void {
    const since = this.#missed ?? '';
    this.#missed = undefined;
    this.lookSince(since).catch((error: unknown) => {
      this.#with.log.warn({ error: String(error) }, 'arrivals-not-looked-at-again');
      this.#missed = since;
      this.#miss();
    });
  }

  async #match(uid: string): Promise<void> {
    const { index, records, now, limits } = this.#with;
    const study = await index.studyDetail(uid, EVERYWHERE, now());
    if (study === undefined) {
      return;
    }
    const { modalities, facility } = study;
    const known = (await records.matches.matches([uid])).get(uid);
    if (known !== undefined) {
      if (known.orderId !== null) {
        await this.#move(known.orderId, modalities, isAtRest(study, now(), limits) ? 'COMPLETED' : 'IN_PROGRESS');
      }
      return;
    }
    const found = automaticMatch(study, await this.#candidates(study), issuerOf(this.#with, facility));
    if (found === undefined) {
      return;
    }
    const { order, basis } = found;
    const match = { studyInstanceUid: uid, facility, orderId: order.id, basis, by: '', at: now() };
    if ((await records.matches.put({ match, modalities, onlyFirst: true })) !== undefined) {
      this.#changes.noteOrder({ facility, accessionNumber: order.document.accessionNumber }, 'updated');
      this.#changes.note(uid, 'updated');
      if (isAtRest(study, now(), limits)) {
        await this.#move(order.id, modalities, 'COMPLETED');
      }
    }
  }

  async #candidates({ studyInstanceUid, accessionNumber, facility }: StudyDetail): Promise<readonly KeptOrder[]> {
    const { orders } = this.#with.records;
    const [byUid, byNumber] = await Promise.all([
      orders.byStudyUid(studyInstanceUid, facility),
      accessionNumber === '' ? [] : orders.byAccession(accessionNumber, [facility]),
    ]);
    return [...byUid, ...byNumber];
  }

  /** No instance came for a while: what images alone tell of is done. */
  async #settle(uid: string): Promise<void> {
    this.#changes.note(uid, 'updated');
    const { index, records, now, limits } = this.#with;
    const orderId = (await records.matches.matches([uid])).get(uid)?.orderId ?? null;
    const study = orderId === null ? undefined : await index.studyDetail(uid, EVERYWHERE, now());
    // Others may have taken in a further one: then it is theirs to say when it is at rest.
    if (orderId !== null && study !== undefined && (!this.#shared || isAtRest(study, now(), limits))) {
      await this.#move(orderId, study.modalities, 'COMPLETED');
    }
  }

  async #move(orderId: number, modalities: readonly string[], to: 'IN_PROGRESS' | 'COMPLETED'): Promise<void> {
    const { records, now } = this.#with;
    if (await records.matches.moveByImages({ orderId, modalities, to, at: now() })) {
      for (const { document } of await records.orders.byId([orderId])) {
        this.#changes.noteOrder({ facility: document.facility, accessionNumber: document.accessionNumber }, 'updated');
      }
    }
  }

  #tell(studies: readonly string[]): void {
    for (const study of studies) {
      this.#changes.note(study, 'updated');
    }
  }

  /** Once in a while, so that a start after a crash has little to look at. */
  #mark(): void {
    if (performance.now() - this.#markedAt >= MARK_MS) {
      this.#markedAt = performance.now();
      this.#do(() => this.#setMark());
    }
  }

  async #setMark(): Promise<void> {
    if (this.#missed === undefined) {
      const now = this.#with.now();
      this.#seenUntil = now;
      // One of several processes says it with its beat.
      if (!this.#shared) {
        await this.#with.records.matches.setSeenUntil(now);
      }
    }
  }
}
