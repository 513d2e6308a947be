import type { Log } from '@filmless/access';
import { newUid } from '@filmless/dicom';
import { retryDelayMs } from '../destinations/backoff.ts';
import type { Clock } from '../destinations/clock.ts';
import { COMMAND } from '../dimse/command-field.ts';
import { encodeOperation } from '../dimse/data-set.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import type { Service } from '../dimse/provider.ts';
import { describeStatus, statusClass } from '../dimse/status.ts';
import { messageOf, RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { AskedCommitment, CommitmentReport } from '../records/commitment-requests.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import type { DicomDestination } from '../routing/destination.ts';
import { commitmentContext } from './context.ts';
import { requestDataSet } from './data-sets.ts';
import { eventService } from './event-service.ts';
import { REQUEST_ACTION, STORAGE_COMMITMENT_INSTANCE, STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

export interface AskingOptions {
  readonly database: RouterDatabase;
  readonly destinations: () => readonly DicomDestination[];
  /** Something of a destination is to be sent again. */
  readonly resent: (destination: string) => void;
  /** Told of studies that a destination said something of. */
  readonly changed?: ((studyInstanceUid: string) => void) | undefined;
  readonly clock: Clock;
  readonly limits: RouterLimits;
  readonly log: Log;
  /** Opens an association on which we are the SCU of storage commitment. */
  readonly call: (destination: DicomDestination, services: readonly Service[], signal: AbortSignal) => Promise<Dialogue>;
}

const LONGEST_SLEEP_MS = 60_000;
const FORGET_MS = 3_600_000;

/** How a destination fared that was asked. */
interface Failures {
  readonly inARow: number;
  readonly notBefore: number;
}

/**
 * Asks destinations whether they keep safe what they got, and takes their answers: what they do not is sent again. PS3.4 J.
 */
export class CommitmentAsking implements AsyncDisposable {
  /** What a peer reports to, on any association. */
  readonly service: Service;
  readonly #options: AskingOptions;
  readonly #stop = new AbortController();
  readonly #calls = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, Failures>();
  /** Those who wait on their own association for a report, by Transaction UID. */
  readonly #waiting = new Map<string, AbortController>();
  #sleep = new AbortController();
  #running: Promise<void> | undefined;
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(options: AskingOptions) {
    this.#options = options;
    this.service = eventService({ limits: options.limits, take: (report, aeTitles) => this.#take(report, aeTitles) });
  }

  async start(): Promise<void> {
    await this.#options.database.write('reviveCommitmentRequests', {});
    this.#running ??= this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#sleep.abort();
    for (const wait of this.#waiting.values()) {
      wait.abort();
    }
    await this.#running;
    await Promise.all(this.#calls.values());
  }

  async #take(report: CommitmentReport, aeTitles: readonly string[]): Promise<boolean> {
    const { database, clock, limits, log, resent } = this.#options;
    const outcome = await database.write('takeCommitmentReport', {
      report,
      aeTitles,
      maxResends: limits.commitmentResends,
      now: clock.now(),
    });
    if (outcome === undefined) {
      log.warn({ aeTitle: aeTitles.join() }, 'commitment.unknown-report');
      return false;
    }
    const { studies, ...counts } = outcome;
    const refused = outcome.resent + outcome.aside;
    log[refused === 0 ? 'info' : 'warn'](counts, 'commitment.answered');
    for (const study of studies) {
      this.#options.changed?.(study);
    }
    this.#waiting.get(report.transactionUid)?.abort();
    if (outcome.resent > 0) {
      resent(outcome.destination);
    }
    return true;
  }

  async #run(): Promise<void> {
    const { clock, limits, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#sleep = new AbortController();
      try {
        await this.#round();
      } catch (error) {
        log.error({ problem: messageOf(error) }, 'commitment.failed');
      }
      if (!this.#stop.signal.aborted) {
        const asks = this.#options.destinations().some(({ commitment }) => commitment === true);
        await clock.sleep(asks ? Math.min(limits.commitmentQuietMs, LONGEST_SLEEP_MS) : LONGEST_SLEEP_MS, this.#sleep.signal);
      }
    }
  }

  async #round(): Promise<void> {
    const { clock, destinations, limits } = this.#options;
    const now = clock.now();
    for (const destination of destinations()) {
      const { id, enabled, commitment } = destination;
      const later = (this.#failures.get(id)?.notBefore ?? now) > now;
      if (enabled && commitment === true && !later && !this.#calls.has(id) && this.#calls.size < limits.commitmentCalls) {
        const call = this.#ask(destination)
          .catch((error: unknown) => this.#options.log.error({ destination: id, problem: messageOf(error) }, 'commitment.failed'))
          .finally(() => this.#calls.delete(id));
        this.#calls.set(id, call);
      }
    }
    await this.#abandonUnanswered(now);
    await this.#forget(now);
  }

  /** One request for what was delivered a while ago; more in the next round. */
  async #ask(destination: DicomDestination): Promise<void> {
    const { database, clock, limits } = this.#options;
    const now = clock.now();
    const request = await database.write('beginCommitmentRequest', {
      destination: destination.id,
      transactionUid: newUid(),
      deliveredBefore: now - limits.commitmentQuietMs,
      limit: limits.commitmentInstances,
      now,
    });
    if (request === undefined) {
      return;
    }
    try {
      await this.#exchange(destination, request);
      this.#failures.delete(destination.id);
    } catch (error) {
      await this.#failed(destination, request, messageOf(error));
    }
  }

  async #exchange(destination: DicomDestination, request: AskedCommitment): Promise<void> {
    const { call, clock, database, limits } = this.#options;
    const heard = new AbortController();
    this.#waiting.set(request.transactionUid, heard);
    const dialogue = await call(destination, [this.service], this.#stop.signal).catch((error: unknown) => {
      this.#waiting.delete(request.transactionUid);
      throw error;
    });
    try {
      await askOn(dialogue, destination, request);
      await database.write('commitmentRequestAsked', { id: request.id, now: clock.now() });
      await stay(dialogue, heard, () => clock.sleep(limits.commitmentStayMs, heard.signal));
    } finally {
      this.#waiting.delete(request.transactionUid);
      dialogue.abort();
    }
  }

  async #failed({ id, aeTitle }: DicomDestination, request: AskedCommitment, problem: string): Promise<void> {
    const { clock, limits, log } = this.#options;
    const inARow = (this.#failures.get(id)?.inARow ?? 0) + 1;
    const delay = retryDelayMs(inARow, limits.deliveryDelayMs, limits.deliveryMaxDelayMs);
    this.#failures.set(id, { inARow, notBefore: clock.now() + delay });
    log.warn({ destination: id, aeTitle, instances: request.instances.length, problem }, 'commitment.not-asked');
    await this.#abandon(request.id, problem);
  }

  async #abandon(id: number, problem: string): Promise<void> {
    const { database, clock, limits, log } = this.#options;
    const giveUpBefore = clock.now() - limits.commitmentGiveUpMs;
    const unanswered = await database.write('abandonCommitmentRequest', { id, problem, giveUpBefore });
    if (unanswered > 0) {
      log.warn({ instances: unanswered, problem }, 'commitment.given-up');
    }
  }

  async #abandonUnanswered(now: number): Promise<void> {
    const { database, limits } = this.#options;
    const late = await database.read(
      db
        .selectFrom('commitment_request')
        .select('id')
        .where('state', '=', 'asked')
        .where('asked_at', '<', now - limits.commitmentWaitMs)
        .limit(limits.commitmentBatch),
    );
    for (const { id } of late) {
      await this.#abandon(id, 'no report came within a day');
    }
  }

  async #forget(now: number): Promise<void> {
    const { database, limits } = this.#options;
    if (now - this.#forgotAt >= FORGET_MS) {
      this.#forgotAt = now;
      await database.write('forgetCommitmentRequests', { before: now - limits.commitmentsKeptMs });
    }
  }
}

/** @throws RouterError `status` when the receiver does not take the request */
async function askOn(dialogue: Dialogue, destination: DicomDestination, request: AskedCommitment): Promise<void> {
  const context = commitmentContext(dialogue.association);
  const { status } = await dialogue.performOne(
    context,
    {
      CommandField: COMMAND.nActionRq,
      RequestedSOPClassUID: STORAGE_COMMITMENT_SOP_CLASS,
      RequestedSOPInstanceUID: STORAGE_COMMITMENT_INSTANCE,
      ActionTypeID: REQUEST_ACTION,
    },
    encodeOperation(requestDataSet(request), context),
  );
  const kind = statusClass(status);
  if (kind !== 'success' && kind !== 'warning') {
    throw new RouterError('status', `${destination.aeTitle} answered the request with ${describeStatus(status)}`);
  }
}

/** Keeps the association open for a report, but not for long. What ends it early ends nothing else: the receiver will call. */
async function stay(dialogue: Dialogue, heard: AbortController, patience: () => Promise<void>): Promise<void> {
  const waited = patience().then(() => heard.abort());
  try {
    await dialogue.attend(heard.signal);
    if (!dialogue.over) {
      await dialogue.release();
    }
  } catch {
    // The request was taken: what comes of it is told on another association.
  } finally {
    heard.abort();
    await waited;
  }
}
