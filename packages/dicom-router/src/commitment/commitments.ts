import type { Log } from '@filmless/access';
import type { AeConfig } from '../aes/ae-config.ts';
import type { AeDirectory } from '../aes/ae-directory.ts';
import { retryDelayMs } from '../destinations/backoff.ts';
import type { Clock } from '../destinations/clock.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import { messageOf } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { CommitmentOutcome, CommitmentRequest, CommittedInstance } from '../records/commitments.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { ArchiveFetch, OnBehalf } from '../router.ts';
import type { AcceptedContext } from '../ul/association.ts';
import { committedByStudy } from './by-study.ts';
import { type Checked, findRefused } from './check.ts';
import { commitmentContext } from './context.ts';
import { DueCommitments } from './due.ts';
import { instancesOf, type OpenCommitment, sendReport, studiesOf } from './report.ts';
import { FAILURE } from './sop-class.ts';

export interface CommitmentsOptions {
  readonly database: RouterDatabase;
  readonly aes: Pick<AeDirectory, 'find'>;
  readonly archiveFetch: ArchiveFetch;
  /** Where they have to be to be safe; the archive itself unless told. */
  readonly safeAt?: ArchiveFetch | undefined;
  /** What we call ourselves; where what we keep may be retrieved. */
  readonly aeTitle: string;
  readonly clock: Clock;
  readonly limits: RouterLimits;
  readonly log: Log;
  /** Told of studies that something is confirmed of, or not. */
  readonly changed?: ((studyInstanceUid: string) => void) | undefined;
  /** Opens an association on which we are the SCP of storage commitment. PS3.4 J.3.3. */
  readonly call: (ae: AeConfig & { readonly host: string; readonly port: number }, signal: AbortSignal) => Promise<Dialogue>;
}

/** Time for the report on the association that the request came on; then a new one is opened for it. */
const SAME_ASSOCIATION_MS = 5_000;
const LONGEST_SLEEP_MS = 60_000;
const FORGET_MS = 3_600_000;

/**
 * Storage commitment that peers ask of us: kept before it is answered, looked up in the archive, and reported until the peer has taken
 * it, over any number of starts. PS3.4 J.
 */
export class Commitments implements AsyncDisposable {
  readonly #options: CommitmentsOptions;
  readonly #stop = new AbortController();
  /** Under way, by id: on the association that they were asked on, or on one of ours. */
  readonly #working = new Set<number>();
  /** Peers that are being called. */
  readonly #calls = new Map<string, Promise<void>>();
  readonly #due: DueCommitments;
  #sleep = new AbortController();
  #running: Promise<void> | undefined;
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(options: CommitmentsOptions) {
    this.#options = options;
    this.#due = new DueCommitments(options.database);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves once the request is durable, with its id; undefined when too many are open. */
  async keep(request: CommitmentRequest): Promise<number | undefined> {
    const { database, clock, limits } = this.#options;
    const kept = await database.write('keepCommitment', {
      request,
      now: clock.now(),
      due: clock.now() + SAME_ASSOCIATION_MS,
      limits: { requests: limits.openCommitments, instances: limits.openCommitmentInstances },
      duplicate: FAILURE.duplicateTransaction,
    });
    return kept === 'full' ? undefined : kept.id;
  }

  /** Checks, and reports on the association the request came on as long as that is open. Never fails. */
  async reportHere(id: number, dialogue: Dialogue, context: AcceptedContext): Promise<void> {
    if (this.#working.has(id)) {
      return;
    }
    this.#working.add(id);
    try {
      const commitment = await this.#due.find(id);
      if (commitment === undefined || !(await this.#checked(commitment))) {
        return;
      }
      if (dialogue.over || !(await this.#report(commitment, dialogue, context))) {
        // It has left, or would not hear of it here: it is called.
        this.#due.hurry(id);
      }
    } catch (error) {
      this.#options.log.error({ commitment: id, problem: messageOf(error) }, 'commitment.failed');
    } finally {
      this.#working.delete(id);
      this.#wake();
    }
  }

  /** A person says: check it again and report it now. */
  async retry(id: number): Promise<'retried' | 'reported' | 'absent'> {
    const { database, clock } = this.#options;
    const found = await database.write('retryCommitment', { id, now: clock.now() });
    this.#wake();
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
    await Promise.all(this.#calls.values());
  }

  #wake(): void {
    this.#sleep.abort();
  }

  async #run(): Promise<void> {
    const { clock, limits, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      // NOTE: renewed before the requests are looked at, so that a wake in between is not lost.
      this.#sleep = new AbortController();
      let idleMs = limits.deliveryDelayMs;
      try {
        idleMs = await this.#round();
      } catch (error) {
        log.error({ problem: messageOf(error) }, 'commitment.failed');
      }
      if (!this.#stop.signal.aborted) {
        await clock.sleep(idleMs, this.#sleep.signal);
      }
    }
  }

  /** Calls the peers that something is due for; gives how long nothing will be. */
  async #round(): Promise<number> {
    const { clock, limits } = this.#options;
    const now = clock.now();
    const due = await this.#due.list(now, limits.commitmentBatch, this.#working, [...this.#calls.keys()]);
    for (const [aeTitle, commitments] of Map.groupBy(due, (commitment) => commitment.aeTitle)) {
      if (this.#calls.size < limits.commitmentCalls) {
        this.#begin(aeTitle, commitments);
      }
    }
    await this.#forget(now);
    const next = await this.#due.next(this.#working, [...this.#calls.keys()]);
    const full = this.#calls.size >= limits.commitmentCalls;
    return full || next === undefined ? LONGEST_SLEEP_MS : Math.min(LONGEST_SLEEP_MS, Math.max(1, next - clock.now()));
  }

  #begin(aeTitle: string, commitments: readonly OpenCommitment[]): void {
    for (const { id } of commitments) {
      this.#working.add(id);
    }
    const call = this.#serve(aeTitle, commitments)
      .catch((error: unknown) => this.#options.log.error({ aeTitle, problem: messageOf(error) }, 'commitment.failed'))
      .finally(() => {
        for (const { id } of commitments) {
          this.#working.delete(id);
        }
        this.#calls.delete(aeTitle);
        this.#wake();
      });
    this.#calls.set(aeTitle, call);
  }

  /** All that is due for one peer, over one association. */
  async #serve(aeTitle: string, commitments: readonly OpenCommitment[]): Promise<void> {
    const ready: OpenCommitment[] = [];
    for (const commitment of commitments) {
      if (await this.#checked(commitment)) {
        ready.push(commitment);
      }
    }
    if (ready.length === 0) {
      return;
    }
    let dialogue: Dialogue | undefined;
    try {
      dialogue = await this.#call(aeTitle);
      const context = commitmentContext(dialogue.association);
      while (ready.length > 0) {
        const [commitment] = ready.splice(0, 1);
        if (commitment !== undefined) {
          await this.#report(commitment, dialogue, context);
        }
      }
      await dialogue.release().catch(() => undefined);
    } catch (error) {
      for (const commitment of ready) {
        await this.#postpone(commitment, messageOf(error));
      }
    } finally {
      dialogue?.abort();
    }
  }

  async #call(aeTitle: string): Promise<Dialogue> {
    const ae = this.#options.aes.find(aeTitle);
    if (ae?.host === undefined || ae.port === undefined) {
      throw new Error(`host and port of ${aeTitle} are not known: enter them under application entities`);
    }
    return await this.#options.call({ ...ae, host: ae.host, port: ae.port }, this.#stop.signal);
  }

  /** Looks the instances up if that was not done; false when the archive does not say. */
  async #checked(commitment: OpenCommitment): Promise<boolean> {
    if (commitment.state === 'checked') {
      return true;
    }
    const { database, clock } = this.#options;
    const { id, aeTitle, facility, address } = commitment;
    try {
      const instances = await instancesOf(database, id);
      const checked = await this.#refused({ aeTitle, facility, address }, instances);
      if (typeof checked === 'string') {
        await this.#wait(commitment, checked);
        return false;
      }
      const studies = committedByStudy(instances, checked);
      await database.write('settleCheck', { id, refused: checked.refused, aeTitle, studies, now: clock.now() });
      this.#tell(studies);
      return true;
    } catch (error) {
      await this.#postpone(commitment, messageOf(error));
      return false;
    }
  }

  /** Those that are not safe; a word on why that cannot be said yet, while some are on their way to where they will be. */
  async #refused(caller: OnBehalf, instances: readonly CommittedInstance[]): Promise<Checked | string> {
    const { archiveFetch, safeAt } = this.#options;
    const { signal } = this.#stop;
    if (safeAt === undefined) {
      return await findRefused(archiveFetch, caller, instances, signal);
    }
    let checked: Checked;
    try {
      checked = await findRefused(safeAt, caller, instances, signal);
    } catch (error) {
      return messageOf(error);
    }
    const open = checked.refused.flatMap(({ position }) => instances.slice(position, position + 1));
    const nowhere = open.length === 0 ? 0 : (await findRefused(archiveFetch, caller, open, signal)).refused.length;
    return nowhere < open.length ? `${open.length - nowhere} of the instances are still on their way` : checked;
  }

  #tell(studies: readonly { readonly studyInstanceUid: string }[]): void {
    for (const { studyInstanceUid } of studies) {
      this.#options.changed?.(studyInstanceUid);
    }
  }

  /** Looked at again in a while, however often: a line may be away for days. */
  async #wait({ id }: OpenCommitment, problem: string): Promise<void> {
    const { database, clock, limits } = this.#options;
    const now = clock.now();
    const outcome: CommitmentOutcome = { state: 'waiting', problem, nextAttempt: now + limits.commitmentLookMs };
    await database.write('settleCommitment', { id, outcome, now });
  }

  /** False when the peer did not take it: it is due again after a while. */
  async #report(commitment: OpenCommitment, dialogue: Dialogue, context: AcceptedContext): Promise<boolean> {
    const { database, aeTitle, clock, log } = this.#options;
    try {
      await sendReport(database, aeTitle, commitment, dialogue, context);
    } catch (error) {
      await this.#postpone(commitment, messageOf(error));
      return false;
    }
    await database.write('settleCommitment', { id: commitment.id, outcome: { state: 'reported' }, now: clock.now() });
    this.#tell(await studiesOf(database, commitment.id));
    log.info({ commitment: commitment.id, callingAe: commitment.aeTitle }, 'commitment.reported');
    return true;
  }

  async #postpone({ id, aeTitle, attempts }: OpenCommitment, problem: string): Promise<void> {
    if (this.#stop.signal.aborted) {
      return;
    }
    const { database, clock, limits, log } = this.#options;
    const now = clock.now();
    const tried = attempts + 1;
    const delay = retryDelayMs(tried, limits.deliveryDelayMs, limits.deliveryMaxDelayMs);
    const outcome: CommitmentOutcome =
      tried >= limits.deliveryAttempts
        ? { state: 'aside', problem: `given up after ${tried} tries: ${problem}` }
        : { state: 'open', problem, nextAttempt: now + delay };
    const event = outcome.state === 'aside' ? 'commitment.set-aside' : 'commitment.postponed';
    log.warn({ commitment: id, callingAe: aeTitle, attempts: tried, problem }, event);
    await database.write('settleCommitment', { id, outcome, now });
  }

  /** What was reported long ago needs no line any more; looked at once an hour. */
  async #forget(now: number): Promise<void> {
    const { database, limits } = this.#options;
    if (now - this.#forgotAt >= FORGET_MS) {
      this.#forgotAt = now;
      await database.write('forgetCommitments', { before: now - limits.commitmentsKeptMs });
      await database.write('foldCommitted', {
        before: now - limits.deliveredKeptMs,
        failedBefore: now - limits.notCommittedKeptMs,
      });
    }
  }
}
