import type { Log } from '@filmless/access';
import { type DataSet, TAG, type TagKey } from '@filmless/dicom';
import type { Clock } from '../destinations/clock.ts';
import type { Deliveries } from '../destinations/deliveries.ts';
import type { DestinationDirectory } from '../destinations/destination-directory.ts';
import type { RouterLimits } from '../limits.ts';
import type { Arrival } from '../records/arrivals.ts';
import type { DeliveredInstance, QueuedInstance } from '../records/deliveries.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { ArchiveFetch } from '../router.ts';
import { decide, type Verdict } from '../routing/decide.ts';
import type { ArrivalSource, Facts } from '../routing/facts.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import { completionRound } from './completion.ts';
import { type Act, headerRound } from './looking.ts';
import { PriorsWanted, priorsRound } from './priors.ts';
import { type Trial, type Tried, tryRules } from './rule-tester.ts';
import { Worker } from './worker.ts';

export interface ArrivalsOptions {
  readonly database: RouterDatabase;
  readonly rules: RuleBook;
  readonly destinations: Pick<DestinationDirectory, 'byId'>;
  readonly deliveries: Pick<Deliveries, 'queue'>;
  readonly archiveFetch: ArchiveFetch;
  readonly aeTitle: string;
  readonly clock: Clock;
  readonly limits: RouterLimits;
  readonly log: Log;
}

/** What is known of an instance without its header. */
export interface FirstLook {
  /** Undefined when nobody looked; the empty text when it has none. */
  readonly modality?: string | undefined;
}

/**
 * Decides where what arrives goes on. What can be told from where it came and from its first bytes is decided before its sender is
 * answered; else it is noted, durably, and decided as soon as its header was looked at, or its study is complete.
 */
export class Arrivals implements AsyncDisposable {
  readonly #options: ArrivalsOptions;
  readonly #priors: PriorsWanted;
  readonly #workers: Readonly<Record<'headers' | 'completion' | 'priors', Worker>>;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
    this.#priors = new PriorsWanted(options);
    const work = (name: string, round: (signal: AbortSignal) => Promise<number>) =>
      new Worker({ name, round, clock: options.clock, log: options.log, afterFailureMs: options.limits.deliveryDelayMs });
    const act: Act = (arrival, verdict) => this.#act(arrival, verdict);
    this.#workers = {
      headers: work('headers', (signal) => headerRound(options, act, signal)),
      completion: work('completion', (signal) => completionRound(options, act, signal)),
      priors: work('priors', (signal) => priorsRound(options, signal)),
    };
  }

  /** Resolves once what becomes of it, or that it is to be decided, is durable. `isNew`: the archive did not hold the object before. */
  async arrived(instance: QueuedInstance, source: ArrivalSource, look: FirstLook, isNew: boolean): Promise<void> {
    const { clock, database, destinations, limits, rules } = this.#options;
    if (destinations.byId.size === 0) {
      return;
    }
    const at = clock.now();
    const facts: Facts = { source, ...firstHeader(instance, look), complete: false, at, now: at };
    const verdict = decide(rules.inForce.prepared, destinations.byId, facts);
    const arrival: Arrival = { instance, source, isNew, at };
    if (verdict.open) {
      await database.write('noteArrival', { ...arrival, state: 'arrived', nextLook: at });
      this.#workers.headers.wake();
      return;
    }
    if (verdict.waits) {
      await database.write('noteArrival', { ...arrival, state: 'waiting', nextLook: at + limits.completeLookMs });
    }
    await this.#act(arrival, verdict);
  }

  /** What rules would make of a study; nothing is done. @throws RouterError `not-found`, `archive` */
  test(trial: Trial, signal: AbortSignal): Promise<Tried> {
    return tryRules(this.#options, trial, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { headers, completion, priors } = this.#workers;
    await Promise.all([headers, completion, priors].map((worker) => worker[Symbol.asyncDispose]()));
  }

  async #act({ instance, source, isNew }: Arrival, { decisions, prefetches }: Verdict): Promise<void> {
    if (await this.#priors.note(instance, source, prefetches)) {
      this.#workers.priors.wake();
    }
    const { callingAe = '', address, facility } = source;
    await this.#options.deliveries.queue({ ...instance, origin: { callingAe, address, facility } }, decisions, isNew);
  }
}

const FIRST: readonly TagKey[] = [TAG.SOPClassUID, TAG.SOPInstanceUID, TAG.StudyInstanceUID, TAG.SeriesInstanceUID];
const KNOWN: ReadonlySet<TagKey> = new Set(FIRST);
const KNOWN_WITH_MODALITY: ReadonlySet<TagKey> = new Set([...FIRST, TAG.Modality]);

/** The part of the header that needs no look at it. */
function firstHeader(
  instance: DeliveredInstance,
  { modality }: FirstLook,
): { readonly header: DataSet; readonly known: ReadonlySet<TagKey> } {
  const uid = (value: string) => ({ vr: 'UI' as const, Value: [value] });
  const header: DataSet = {
    [TAG.SOPClassUID]: uid(instance.sopClassUid),
    [TAG.SOPInstanceUID]: uid(instance.sopInstanceUid),
    [TAG.StudyInstanceUID]: uid(instance.studyInstanceUid),
    [TAG.SeriesInstanceUID]: uid(instance.seriesInstanceUid),
  };
  return modality === undefined
    ? { header, known: KNOWN }
    : {
        header: { ...header, [TAG.Modality]: { vr: 'CS', ...(modality === '' ? {} : { Value: modality.split('\\') }) } },
        known: KNOWN_WITH_MODALITY,
      };
}
