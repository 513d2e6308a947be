import { randomBytes } from 'node:crypto';
import type { Source } from '@filmless/access';
import { DicomError, type InspectedObject } from '@filmless/dicom';
import type { StoreOptions } from './archive-core.ts';
import type { ChangeFeed } from './changes.ts';
import { conflictRecord } from './conflict-record.ts';
import { type Dependencies, issuerOf } from './dependencies.ts';
import { type Envelope, writeEnvelope } from './envelope.ts';
import { ArchiveError } from './errors.ts';
import type { Added } from './index-port.ts';
import type { Inspecting } from './inspecting.ts';
import { deleteKept } from './kept-object.ts';
import { newInstance } from './new-instance.ts';
import { newObjectKeys } from './object-key.ts';
import type { NewObject } from './object-store.ts';
import type { ReceivedFile, StoreOutcome } from './received-file.ts';
import { Slots } from './slots.ts';

type Refused = Extract<StoreOutcome, { readonly status: 'refused' }>;
type Kept = Exclude<StoreOutcome, Refused>;

/** A file whose name says where its object goes: the mark that an unfinished store leaves. */
interface Claim {
  readonly path: string;
  readonly objectKey: string;
}

/**
 * Takes over received files, in two phases: the file is claimed, object and envelope go into the store, then the index decides
 * and commits, then the claim is removed. Whatever ends the process in between, `recover` finds the claim and undoes the rest.
 */
export class Storing {
  readonly #with: Dependencies;
  readonly #changes: ChangeFeed;
  readonly #inspecting: Inspecting;
  readonly #slots: Slots;
  readonly #removals = new Set<Promise<void>>();

  constructor(dependencies: Dependencies, changes: ChangeFeed, inspecting: Inspecting) {
    this.#with = dependencies;
    this.#changes = changes;
    this.#inspecting = inspecting;
    this.#slots = new Slots(dependencies.limits.storesAtOnce);
  }

  async store(file: ReceivedFile, source: Source, options: StoreOptions): Promise<StoreOutcome> {
    return await this.#slots.run(async () => {
      try {
        if (file.size > this.#with.limits.maxInstanceBytes) {
          throw new ArchiveError('limit-exceeded', `the object has more than ${this.#with.limits.maxInstanceBytes} bytes`);
        }
        await using bytes = await this.#with.incoming.open(file.path);
        return await this.#inspecting.inspect(bytes, (object) => this.#take(object, file, source, options));
      } catch (error) {
        this.#removeLater(file.path);
        return this.#refusal(error, undefined);
      }
    });
  }

  /** Resolves once the files of finished stores are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals);
  }

  async #take(object: InspectedObject, file: ReceivedFile, source: Source, options: StoreOptions): Promise<StoreOutcome> {
    try {
      checkStudy(object, options);
      const known = await this.#known(object, file, source);
      if (known !== undefined) {
        this.#removeLater(file.path);
        return outcome(object, known);
      }
      return await this.#keep(object, file, source);
    } catch (error) {
      this.#removeLater(file.path);
      return this.#refusal(error, object);
    }
  }

  /** What a second copy is, found before it is written: senders repeat whole studies. */
  async #known(object: InspectedObject, file: ReceivedFile, source: Source): Promise<Kept['status'] | undefined> {
    const { index, records } = this.#with;
    const existing = await index.peek(object.sopInstanceUid);
    if (existing === undefined) {
      return undefined;
    }
    if (existing.sha256 === file.sha256 && existing.facility === source.facility) {
      return 'identical';
    }
    return (await records.isAside(object.sopInstanceUid, file.sha256, source.facility)) ? 'conflict' : undefined;
  }

  async #keep(object: InspectedObject, file: ReceivedFile, source: Source): Promise<StoreOutcome> {
    const { incoming, index, objects } = this.#with;
    const keys = newObjectKeys(object, randomBytes(4).toString('hex'));
    const envelope: Envelope = {
      format: 1,
      studyInstanceUid: object.studyInstanceUid,
      seriesInstanceUid: object.seriesInstanceUid,
      sopInstanceUid: object.sopInstanceUid,
      sopClassUid: object.sopClassUid,
      transferSyntaxUid: object.transferSyntax.uid,
      sha256: file.sha256,
      size: file.size,
      dataSetOffset: object.dataSetOffset,
      receivedAt: this.#with.now(),
      source,
    };
    const owner = { facility: source.facility, issuer: issuerOf(this.#with, source.facility) };
    const instance = newInstance(object, envelope, keys.object, owner);
    const claim = { path: await incoming.claim(file.path, keys.object), objectKey: keys.object };
    try {
      await objects.put([
        { key: keys.object, file: claim.path, size: file.size },
        { key: keys.envelope, bytes: writeEnvelope(envelope) },
        ...(object.inflated === undefined ? [] : [{ key: keys.inflated, bytes: object.inflated.bytes } satisfies NewObject]),
      ]);
    } catch (error) {
      await this.#undo(claim);
      return this.#refusal(error, object);
    }
    try {
      const added = await index.add(instance);
      return await this.#finish(object, envelope, claim, added);
    } catch (error) {
      // NOTE: the commit may have happened and only its answer be lost: the claim stays, and `recover` looks.
      if (isFull(error)) {
        await this.#undo(claim);
      }
      return this.#refusal(error, object);
    }
  }

  async #finish(object: InspectedObject, envelope: Envelope, claim: Claim, added: Added): Promise<StoreOutcome> {
    switch (added.status) {
      case 'new':
        this.#removeLater(claim.path);
        this.#changes.note(object.studyInstanceUid, added.newStudy ? 'new' : 'updated');
        return outcome(object, 'stored');
      case 'identical':
        await this.#undo(claim);
        return outcome(object, 'identical');
      case 'different':
      case 'foreign':
        await this.#setAside(envelope, claim, added);
        return outcome(object, 'conflict');
    }
  }

  async #setAside(envelope: Envelope, claim: Claim, added: Extract<Added, { readonly owner: string }>): Promise<void> {
    const { records, index } = this.#with;
    const conflict = conflictRecord(envelope, claim.objectKey, added);
    const study = conflict.studyInstanceUid;
    const isNew = await records.addConflict(conflict);
    if (!isNew) {
      await this.#undo(claim);
      return;
    }
    this.#removeLater(claim.path);
    await index.setConflicts(study, await records.countOpen(study));
    this.#changes.note(study, 'updated');
  }

  async #undo(claim: Claim): Promise<void> {
    try {
      await deleteKept(this.#with.objects, claim.objectKey);
      this.#removeLater(claim.path);
    } catch (error) {
      // The claim stays and is looked at when the archive starts.
      this.#with.log.warn({ object: claim.objectKey, error: String(error) }, 'store-not-undone');
    }
  }

  /** The answer does not wait for it: what is left is a second name of an object that is safe, or nothing anybody needs. */
  #removeLater(path: string): void {
    const removal = this.#with.incoming
      .remove(path)
      .catch((error: unknown) => this.#with.log.warn({ error: String(error) }, 'received-file-not-removed'))
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  #refusal(error: unknown, object: InspectedObject | undefined): Refused {
    const ids = object === undefined ? {} : { sopInstanceUid: object.sopInstanceUid, sopClassUid: object.sopClassUid };
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof DicomError || (error instanceof ArchiveError && error.code === 'limit-exceeded')) {
      return { status: 'refused', reason: 'broken', message, ...ids };
    }
    this.#with.log.error({ error: message, code: codeOf(error) }, 'store-refused');
    return isFull(error)
      ? { status: 'refused', reason: 'full', message: 'the archive has no space left: its operator must free some', ...ids }
      : { status: 'refused', reason: 'away', message: 'the archive cannot store now: try again later', ...ids };
  }
}

/** @throws DicomError for an instance of another study than the request's path names */
function checkStudy(object: InspectedObject, { studyInstanceUid }: StoreOptions): void {
  if (studyInstanceUid !== undefined && studyInstanceUid !== object.studyInstanceUid) {
    throw new DicomError('invalid-value', `the instance belongs to study ${object.studyInstanceUid}, not to ${studyInstanceUid}`);
  }
}

function outcome(object: InspectedObject, status: Kept['status']): StoreOutcome {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, warnings } = object;
  return { status, studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, warnings };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The object store's word for it, and the database's. */
function isFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'store-full' || code === 'full';
}
