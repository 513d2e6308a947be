import { setTimeout as pause } from 'node:timers/promises';
import type { Log, Scope } from '@filmless/access';
import type { MatchKey } from '@filmless/dicom';
import type { ChangeFeed } from '../changes.ts';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { WorkitemEvents } from '../model.ts';
import { startOf } from './data-set.ts';
import { type EventReport, reportsOf } from './events.ts';
import type { Workitem } from './model.ts';
import type { WorkitemListener, WorkitemNews } from './workitem-desk.ts';
import type { WorkitemCursor } from './workitem-records.ts';

/** Told of together. */
const PAGE = 100;

/** Who wants to be told of all that is in the worklist, or of what matches. PS3.4 CC.2.3. */
export interface WishedWatch {
  readonly aeTitle: string;
  readonly locked: boolean;
  readonly filter?: readonly MatchKey[];
  readonly by: string;
}

/** Who is told of which Workitems. What an application entity may hear is what lies in the facilities it was subscribed within. */
export class SubscriptionDesk implements WorkitemListener {
  readonly #with: Pick<Dependencies, 'records' | 'limits' | 'facilities' | 'now'>;
  readonly #changes: Pick<ChangeFeed, 'noteWorkitems'>;
  readonly #log: Log;

  constructor(dependencies: Dependencies, changes: Pick<ChangeFeed, 'noteWorkitems'>) {
    this.#with = dependencies;
    this.#changes = changes;
    this.#log = dependencies.log;
  }

  async told(news: WorkitemNews): Promise<void> {
    try {
      const reports = reportsOf(news, this.#with.limits.workitemEventBytes);
      const aeTitles = reports.length === 0 ? [] : await this.#with.records.workitems.subscribers(news.workitem.uid);
      this.#tell(news.workitem, aeTitles, reports);
    } catch (error) {
      // The change itself is written down: who looks again, sees it.
      this.#log.warn({ error: String(error) }, 'workitem-event-not-told');
    }
  }

  async reaches({ uid }: Workitem): Promise<boolean> {
    return (await this.#with.records.workitems.subscribers(uid)).length > 0;
  }

  /**
   * Subscribes to one Workitem, and tells its state. PS3.4 table CC.2.3-2.
   * @throws ArchiveError `not-found`, `busy` when too many are subscribed
   */
  async subscribe(uid: string, aeTitle: string, locked: boolean, scope: Scope): Promise<void> {
    const { records, limits } = this.#with;
    const workitem = await this.#find(uid, scope);
    const others = await records.workitems.subscribers(uid);
    if (!others.includes(aeTitle) && others.length >= limits.workitemSubscribers) {
      throw new ArchiveError(
        'busy',
        `${limits.workitemSubscribers} application entities are told of that Workitem, the most at once.`,
      );
    }
    if (!(await records.workitems.subscribe(uid, aeTitle, locked))) {
      throw new ArchiveError('not-found', 'There is no such Workitem.');
    }
    this.#tell(workitem, [aeTitle], this.#stateOf(workitem));
  }

  /** @throws ArchiveError `not-found` */
  async unsubscribe(uid: string, aeTitle: string, scope: Scope): Promise<void> {
    await this.#find(uid, scope);
    if (!(await this.#with.records.workitems.unsubscribe(uid, aeTitle))) {
      throw new ArchiveError('not-found', 'That application entity is not subscribed to the Workitem.');
    }
  }

  /**
   * Subscribes to all that is in the worklist and comes into it, or to what matches; with a lock its states are told. PS3.4 CC.2.3.3, CC.2.4.3.
   * @throws ArchiveError `invalid-request`, `busy`
   */
  async watch({ aeTitle, locked, filter, by }: WishedWatch, scope: Scope): Promise<void> {
    const { records, limits, now } = this.#with;
    const facilities = this.#facilitiesOf(scope);
    const watch = { facilities, aeTitle, locked, filter: filter ?? null, by, at: now() };
    const full = await records.workitems.watch(watch, limits.workitemWatchers);
    if (full !== undefined) {
      throw new ArchiveError(
        'busy',
        `${limits.workitemWatchers} application entities watch the worklist of ${full}, the most at once.`,
      );
    }
    for (const facility of facilities) {
      await records.workitems.subscribeToAll(facility, aeTitle);
      if (locked) {
        await this.#tellAll(facility, aeTitle);
      }
    }
  }

  /**
   * Ends a watch, and all subscriptions of the application entity with it unless `keep`. PS3.18 11.11, 11.12.
   * @throws ArchiveError `not-found`
   */
  async unwatch(aeTitle: string, { keep }: { readonly keep: boolean }, scope: Scope): Promise<void> {
    let any = false;
    for (const facility of this.#facilitiesOf(scope)) {
      any = (await this.#with.records.workitems.unwatch(facility, aeTitle, keep)) || any;
    }
    if (!any) {
      throw new ArchiveError('not-found', 'That application entity is not subscribed to the worklist.');
    }
  }

  /** Tells the states of all that one is subscribed to: in pieces, since who listens reads them over a network. */
  async #tellAll(facility: string, aeTitle: string): Promise<void> {
    const { workitemToldBytes, workitemToldMs } = this.#with.limits;
    let waiting: WorkitemEvents[] = [];
    let bytes = 0;
    for await (const workitem of this.#subscribedTo(facility, aeTitle)) {
      if (bytes > workitemToldBytes) {
        this.#changes.noteWorkitems(waiting);
        [waiting, bytes] = [[], 0];
        await pause(workitemToldMs, undefined, { ref: false });
      }
      const reports = this.#stateOf(workitem);
      bytes += JSON.stringify(reports).length;
      waiting.push({ workitemUid: workitem.uid, facility, aeTitles: [aeTitle], reports });
    }
    this.#changes.noteWorkitems(waiting);
  }

  async *#subscribedTo(facility: string, aeTitle: string): AsyncGenerator<Workitem, void, void> {
    let after: WorkitemCursor | undefined;
    for (;;) {
      const page = await this.#with.records.workitems.page({
        facilities: [facility],
        subscriber: aeTitle,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) {
        return;
      }
      after = { start: startOf(last.attributes), uid: last.uid };
    }
  }

  #tell({ uid, facility }: Workitem, aeTitles: readonly string[], reports: readonly EventReport[]): void {
    if (aeTitles.length > 0 && reports.length > 0) {
      this.#changes.noteWorkitems([{ workitemUid: uid, facility, aeTitles, reports }]);
    }
  }

  #stateOf(workitem: Workitem): readonly EventReport[] {
    return reportsOf({ kind: 'moved', workitem }, this.#with.limits.workitemEventBytes);
  }

  async #find(uid: string, { facilities }: Scope): Promise<Workitem> {
    const found = await this.#with.records.workitems.find(uid, facilities);
    if (found === undefined) {
      throw new ArchiveError('not-found', 'There is no such Workitem.');
    }
    return found;
  }

  #facilitiesOf({ facilities }: Scope): readonly string[] {
    const reached = this.#with
      .facilities()
      .map(({ id }) => id)
      .filter((id) => facilities === 'all' || facilities.includes(id));
    if (reached.length === 0) {
      throw new ArchiveError('invalid-request', 'You belong to no facility, whose worklist could be subscribed to.');
    }
    return reached;
  }
}
