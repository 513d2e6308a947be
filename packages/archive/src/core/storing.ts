import type { Source } from '@filmless/access';
import { DicomError, type ReceivedObject } from '@filmless/dicom';
import { Turns } from '@filmless/disk';
import type { ConflictSetting, StoreOptions } from './archive-core.ts';
import type { ChangeFeed } from './changes.ts';
import { conflictRecord } from './conflict-record.ts';
import { type Dependencies, issuerOf } from './dependencies.ts';
import type { Envelope } from './envelope.ts';
import { ArchiveError } from './errors.ts';
import type { Added } from './index-port.ts';
import type { Inspecting } from './inspecting.ts';
import { type LookedAt, lookedAt } from './looked-at.ts';
import { type Kept as KeptAt, newInstance } from './new-instance.ts';
import type { Processes } from './processes/processes.ts';
import type { RejectedCopies } from './rejections/rejected-copies.ts';
import { RepeatedSeries } from './repeated-series.ts';
import type { StoreOutcome } from './store-outcome.ts';

type Refused = Extract<StoreOutcome, { readonly status: 'refused' }>;
type Kept = Exclude<StoreOutcome, Refused>;
/** Settles an open conflict. @throws ArchiveError */
type Decide = (conflict: string, setting: ConflictSetting) => Promise<void>;

/** A store under way: what of it is left to be done once its object is no longer held. */
interface Task extends StoreOptions {
  /** The conflict it has made, open for a person or a setting to decide. */
  conflict?: string;
}

interface Finished {
  readonly status: Kept['status'];
  readonly conflict?: string | undefined;
}

type Conflicting = Extract<Added, { readonly owner: string }>;

/**
 * Takes over received objects: the object goes into the store with its envelope, then the index decides and commits. Whatever
 * ends the process in between, `recover` finds the object unsettled and removes it.
 */
export class Storing {
  readonly #with: Dependencies;
  readonly #processes: Pick<Processes, 'runOf'>;
  readonly #changes: ChangeFeed;
  readonly #inspecting: Inspecting;
  readonly #decide: Decide;
  readonly #rejected: RejectedCopies;
  readonly #small: Turns;
  readonly #large: Turns;
  readonly #repeated: RepeatedSeries;

  /** `decide` settles a conflict that was written down. */
  constructor(
    dependencies: Dependencies,
    processes: Pick<Processes, 'runOf'>,
    changes: ChangeFeed,
    inspecting: Inspecting,
    rejected: RejectedCopies,
    decide: Decide,
  ) {
    this.#rejected = rejected;
    const { storesAtOnce, largeStoresAtOnce, repeatedSeries } = dependencies.limits;
    this.#with = dependencies;
    this.#processes = processes;
    this.#changes = changes;
    this.#inspecting = inspecting;
    this.#decide = decide;
    this.#small = new Turns(storesAtOnce);
    this.#large = new Turns(largeStoresAtOnce);
    this.#repeated = new RepeatedSeries(repeatedSeries);
  }

  async store(received: ReceivedObject, source: Source, options: StoreOptions): Promise<StoreOutcome> {
    const turns = 'path' in received.content ? this.#large : this.#small;
    return await turns.run(async () => {
      const task: Task = { ...options };
      const outcome = await this.#look(received, source, task).catch((error: unknown) => this.#refusal(error, undefined));
      await this.#with.reception.release(received, outcome.status === 'refused' ? 'failure' : 'use');
      // NOTE: not earlier: it looks at objects too, and would wait for the turn that this one held.
      return await this.#settled(outcome, task);
    });
  }

  /** What a setting decides, it decides once the conflict is on record; where it cannot, a person does. */
  async #settled(outcome: StoreOutcome, { conflict, onConflict }: Task): Promise<StoreOutcome> {
    if (outcome.status !== 'conflict' || conflict === undefined || onConflict === undefined) {
      return outcome;
    }
    try {
      await this.#decide(conflict, onConflict);
      return onConflict.keep === 'new' ? { ...outcome, status: 'stored' } : outcome;
    } catch (error) {
      this.#with.log.warn({ conflict, error: String(error) }, 'conflict-not-decided-by-setting');
      return outcome;
    }
  }

  async #look(received: ReceivedObject, source: Source, task: Task): Promise<StoreOutcome> {
    const { limits, meter, reception } = this.#with;
    if (received.size > limits.maxInstanceBytes) {
      throw new ArchiveError('limit-exceeded', `the object has more than ${limits.maxInstanceBytes} bytes`);
    }
    const began = performance.now();
    await using bytes = await reception.open(received);
    return await this.#inspecting.inspect(bytes, source.characterSet, (object) => {
      meter.observe('inspect', (performance.now() - began) / 1000);
      return this.#take(lookedAt(object), received, source, task);
    });
  }

  async #take(object: LookedAt, received: ReceivedObject, source: Source, task: Task): Promise<StoreOutcome> {
    try {
      checkStudy(object, task);
      const { studyInstanceUid, sopInstanceUid } = object;
      if (await this.#rejected.has(studyInstanceUid, sopInstanceUid, received.sha256, source.facility)) {
        // It is kept, and stays out of sight.
        return outcome(object, 'identical');
      }
      if (this.#repeated.mayBe(object) || 'path' in received.content) {
        const known = await this.#known(object, received, source);
        if (known !== undefined) {
          this.#repeated.note(object, true);
          return outcome(object, known);
        }
      }
      return await this.#keep(object, received, source, task);
    } catch (error) {
      return this.#refusal(error, object);
    }
  }

  /** What a second copy is, found before it is written: senders repeat whole studies. */
  async #known(object: LookedAt, received: ReceivedObject, source: Source): Promise<Kept['status'] | undefined> {
    const { index, records } = this.#with;
    const existing = await index.peek(object.sopInstanceUid);
    if (existing === undefined) {
      return undefined;
    }
    if (existing.sha256 === received.sha256 && existing.facility === source.facility) {
      return 'identical';
    }
    return (await records.isAside(object.sopInstanceUid, received.sha256, source.facility)) ? 'conflict' : undefined;
  }

  async #keep(object: LookedAt, received: ReceivedObject, source: Source, task: Task): Promise<StoreOutcome> {
    const { meter, objects } = this.#with;
    const envelope = envelopeOf(object, received, source, this.#with.now());
    const newObject = { content: received.content, envelope };
    // What is inflated is written beside an object that is there.
    if (object.inflated === undefined) {
      const kept = objects.putWith?.(newObject, (key, write) => this.#commit(object, envelope, { object: key, write }, task));
      if (kept !== undefined) {
        return await kept;
      }
    }
    const began = performance.now();
    const objectKey = await objects.put(newObject);
    meter.observe('object', (performance.now() - began) / 1000);
    return await this.#commit(object, envelope, { object: objectKey }, task);
  }

  async #commit(object: LookedAt, envelope: Envelope, place: Omit<KeptAt, 'inflated'>, task: Task): Promise<StoreOutcome> {
    const { index, meter } = this.#with;
    const began = performance.now();
    try {
      const { facility } = envelope.source;
      const inflated = await this.#putInflated(place.object, object);
      const owner = { facility, issuer: issuerOf(this.#with, facility) };
      const run = this.#processes.runOf(place.object);
      const added = await index.add(newInstance(object, envelope, { ...place, inflated, run }, owner));
      meter.observe('index', (performance.now() - began) / 1000);
      const { status, conflict } = await this.#finish(object, envelope, place.object, added);
      if (conflict !== undefined) {
        task.conflict = conflict;
      }
      return outcome(object, status);
    } catch (error) {
      // NOTE: the commit may have happened and only its answer be lost: the object stays unsettled, and `recover` looks.
      if (isFull(error) || isNotRun(error)) {
        await this.#undo(place.object);
      }
      throw error;
    }
  }

  /** Gives the key of the inflated form of a deflated object. */
  async #putInflated(objectKey: string, { inflated }: LookedAt): Promise<string | null> {
    return inflated === undefined ? null : await this.#with.objects.putDerived(objectKey, inflated.bytes);
  }

  async #finish(object: LookedAt, envelope: Envelope, objectKey: string, added: Added): Promise<Finished> {
    this.#repeated.note(object, added.status !== 'new');
    switch (added.status) {
      case 'new':
        this.#with.objects.settled(objectKey);
        this.#changes.note(object.studyInstanceUid, added.newStudy ? 'new' : 'updated');
        return { status: 'stored' };
      case 'identical':
        await this.#undo(objectKey);
        return { status: 'identical' };
      case 'different':
        return { status: 'conflict', conflict: await this.#setAside(envelope, objectKey, added) };
      case 'foreign':
        // Another facility's to decide, whatever the sender's setting is.
        await this.#setAside(envelope, objectKey, added);
        return { status: 'conflict' };
    }
  }

  /** Gives the conflict's id, unless the same object was put aside before. */
  async #setAside(envelope: Envelope, objectKey: string, added: Conflicting): Promise<string | undefined> {
    const { records, index, objects } = this.#with;
    const conflict = conflictRecord(envelope, objectKey, added);
    const study = conflict.studyInstanceUid;
    const isNew = await records.addConflict(conflict, this.#processes.runOf(objectKey));
    if (!isNew) {
      await this.#undo(objectKey);
      return undefined;
    }
    objects.settled(objectKey);
    try {
      await index.setConflicts(study, await records.countOpen(study));
    } catch (error) {
      // NOTE: the object is on record from here on, and whoever sent it is told so. The next start counts again.
      this.#with.log.warn({ study, error: String(error) }, 'conflicts-not-counted');
    }
    this.#changes.note(study, 'updated');
    return conflict.id;
  }

  async #undo(objectKey: string): Promise<void> {
    try {
      await this.#with.objects.delete(objectKey);
      this.#with.objects.settled(objectKey);
    } catch (error) {
      // It stays unsettled and is looked at when the archive starts.
      this.#with.log.warn({ object: objectKey, error: String(error) }, 'store-not-undone');
    }
  }

  #refusal(error: unknown, object: LookedAt | undefined): Refused {
    const ids =
      object === undefined
        ? {}
        : {
            studyInstanceUid: object.studyInstanceUid,
            sopInstanceUid: object.sopInstanceUid,
            sopClassUid: object.sopClassUid,
          };
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof DicomError || (error instanceof ArchiveError && error.code === 'limit-exceeded')) {
      return { status: 'refused', reason: 'broken', message, ...ids };
    }
    this.#with.log.error({ error: message, code: codeOf(error) }, 'store-refused');
    return { status: 'refused', ...inWords(error), ...ids };
  }
}

function envelopeOf(object: LookedAt, received: ReceivedObject, source: Source, receivedAt: string): Envelope {
  return {
    studyInstanceUid: object.studyInstanceUid,
    seriesInstanceUid: object.seriesInstanceUid,
    sopInstanceUid: object.sopInstanceUid,
    sopClassUid: object.sopClassUid,
    transferSyntaxUid: object.transferSyntax.uid,
    sha256: received.sha256,
    size: received.size,
    dataSetOffset: object.dataSetOffset,
    receivedAt,
    source,
  };
}

/** @throws DicomError for an instance of another study than the request's path names */
function checkStudy(object: LookedAt, { studyInstanceUid }: StoreOptions): void {
  if (studyInstanceUid !== undefined && studyInstanceUid !== object.studyInstanceUid) {
    throw new DicomError('invalid-value', `the instance belongs to study ${object.studyInstanceUid}, not to ${studyInstanceUid}`);
  }
}

function outcome(object: LookedAt, status: Kept['status']): StoreOutcome {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, warnings } = object;
  const transferSyntaxUid = object.transferSyntax.uid;
  return { status, studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, transferSyntaxUid, warnings };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a sender is told. An Error Comment has 64 characters at most. PS3.5 6.2. */
function inWords(error: unknown): Pick<Refused, 'reason' | 'message'> {
  if (isFull(error)) {
    return { reason: 'full', message: 'the archive has no space left: its operator must free some' };
  }
  return codeOf(error) === 'store-away'
    ? { reason: 'away', message: 'the image store cannot be reached now: send again later' }
    : { reason: 'away', message: 'the archive cannot store now: try again later' };
}

/** The object store's word for it, and the database's. */
function isFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'store-full' || code === 'full';
}

/** The database's word for a call of which nothing can be in it: the object could not be written. */
function isNotRun(error: unknown): boolean {
  return error instanceof Error && 'notRun' in error && error.notRun === true;
}
