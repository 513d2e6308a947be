import { setTimeout as sleep } from 'node:timers/promises';
import type { Access, Log } from '@filmless/access';
import type { Copies, QuietStudy } from '@filmless/archive';
import type { Router } from '@filmless/dicom-router';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { Room } from '../server/disk-space.ts';
import { AwayError } from './ask.ts';
import type { HeldAtCentre } from './held-at-centre.ts';

export interface LocalCopiesOptions {
  readonly copies: Copies;
  readonly deliveriesOf: Router['deliveriesOf'];
  /** Id of the destination that is the centre. */
  readonly destination: string;
  readonly heldAtCentre: HeldAtCentre;
  /** Undefined where they lie on no disk of this machine. */
  readonly room: () => Promise<Room | undefined>;
  /** How long copies stay while there is room, milliseconds. */
  readonly keepMs: number;
  readonly audit: Access['audit'];
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How it stands with the copies here. */
export interface CopiesStanding {
  readonly keptMs: number;
  /** Null where they lie on no disk of this machine. */
  readonly room: Room | null;
  /** Copies go sooner than they should, for want of room. */
  readonly short: boolean;
  /** Old studies that stay because the centre does not have all of them as they are here. */
  readonly unconfirmed: number;
}

const DONE_BY = { kind: 'service', id: 'gateway', name: 'gateway' } as const;

/**
 * Removes studies here that the centre keeps: old ones, and while the disk is short the oldest first, whatever their age. One goes
 * only when nothing of it is still to be sent anywhere and the centre says, now, that it keeps every object of it.
 */
export class LocalCopies implements AsyncDisposable {
  readonly #options: LocalCopiesOptions;
  readonly #stop = new AbortController();
  /** Studies that could not be removed, and when they are looked at again. */
  readonly #later = new Map<string, number>();
  readonly #unconfirmed = new Set<string>();
  #room: Room | undefined;
  #short = false;
  #running: Promise<void> = Promise.resolve();
  #round: Promise<number> = Promise.resolve(0);

  constructor(options: LocalCopiesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  get standing(): CopiesStanding {
    const { keepMs } = this.#options;
    return { keptMs: keepMs, room: this.#room ?? null, short: this.#short, unconfirmed: this.#unconfirmed.size };
  }

  /** What somebody should look after, in words. */
  warnings(): readonly string[] {
    const { size } = this.#unconfirmed;
    return size === 0
      ? []
      : [
          `${size} old studies stay at this site because the centre does not have all of their images as they are here: look at the queue "${this.#options.destination}" and at the conflicts there.`,
        ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#roundInTurn().catch((error: unknown) => {
        // That the centre is away is told elsewhere.
        if (!(error instanceof AwayError || signal.aborted)) {
          this.#options.log.warn({ problem: String(error) }, 'gateway.copies-not-looked-at');
        }
      });
      await sleep(GATEWAY_LIMITS.copiesRound, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A person asks: what could not be removed before is tried again. Gives how many studies were. @throws AwayError */
  async removeNow(): Promise<number> {
    this.#later.clear();
    this.#unconfirmed.clear();
    return await this.#roundInTurn();
  }

  /** NOTE: one round after the other: two would try the same studies. */
  async #roundInTurn(): Promise<number> {
    this.#round = this.#round.then(
      () => this.#lookThrough(),
      () => this.#lookThrough(),
    );
    return await this.#round;
  }

  /** Looks through the studies here once; gives how many were removed. @throws AwayError */
  async #lookThrough(): Promise<number> {
    const { copies, keepMs, now } = this.#options;
    await this.#look(GATEWAY_LIMITS.shortPercent);
    let removed = 0;
    let after: QuietStudy | undefined;
    const before = (age: number) => new Date(now() - age).toISOString();
    const old = before(keepMs);
    for (;;) {
      const end = this.#short ? before(Math.min(keepMs, GATEWAY_LIMITS.leastKept)) : old;
      const page = await copies.quiet({ before: end, after, limit: GATEWAY_LIMITS.copiesPage });
      for (const study of page) {
        if ((study.updatedAt < old || this.#short) && !this.#stop.signal.aborted && (await this.#removed(study))) {
          removed += 1;
          await this.#look(this.#short ? GATEWAY_LIMITS.enoughPercent : GATEWAY_LIMITS.shortPercent);
        }
      }
      after = page.at(-1);
      if (page.length < GATEWAY_LIMITS.copiesPage || this.#stop.signal.aborted) {
        return removed;
      }
    }
  }

  /** Short of room below so many hundredths of the disk. */
  async #look(percent: number): Promise<void> {
    this.#room = await this.#options.room();
    this.#short = this.#room !== undefined && this.#room.free * 100 < this.#room.total * percent;
  }

  /** @throws AwayError */
  async #removed(study: QuietStudy): Promise<boolean> {
    const { now } = this.#options;
    const { studyInstanceUid } = study;
    if ((this.#later.get(studyInstanceUid) ?? 0) > now()) {
      return false;
    }
    const removed = await this.#try(study);
    this.#later.delete(studyInstanceUid);
    if (!removed) {
      if (this.#later.size >= GATEWAY_LIMITS.copiesLater) {
        this.#later.clear();
        this.#unconfirmed.clear();
      }
      this.#later.set(studyInstanceUid, now() + GATEWAY_LIMITS.copiesAskAgain);
    }
    return removed;
  }

  async #try({ studyInstanceUid, facility, instances, bytes }: QuietStudy): Promise<boolean> {
    const { audit, copies, deliveriesOf, destination, heldAtCentre, log } = this.#options;
    const { open, changed } = await deliveriesOf(studyInstanceUid, destination);
    if (open) {
      return false;
    }
    const here = await Array.fromAsync(copies.instances(studyInstanceUid));
    const held = new Set(await heldAtCentre(studyInstanceUid, here, this.#stop.signal).catch(away));
    if (!here.every(({ sopInstanceUid }) => held.has(sopInstanceUid) && !changed.has(sopInstanceUid))) {
      this.#unconfirmed.add(studyInstanceUid);
      return false;
    }
    this.#unconfirmed.delete(studyInstanceUid);
    const removed = await copies.remove(studyInstanceUid, here);
    if (removed) {
      log.info({ instances, bytes, short: this.#short }, 'gateway.study-removed');
      const detail = `${instances} instances, ${bytes} bytes`;
      await audit({ action: 'study.remove-copy', outcome: 'success', subject: DONE_BY, facility, studyInstanceUid, detail });
    }
    return removed;
  }
}

/** However the line failed. */
function away(error: unknown): never {
  throw error instanceof AwayError
    ? error
    : new AwayError(error instanceof Error ? error.message : String(error), { cause: error });
}
