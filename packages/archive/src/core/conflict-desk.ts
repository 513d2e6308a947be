import type { Scope } from '@filmless/access';
import type { DataSet } from '@filmless/dicom';
import type { PageQuery } from './archive-core.ts';
import type { ChangeFeed } from './changes.ts';
import { asideKey } from './conflict-record.ts';
import { type Dependencies, issuerOf } from './dependencies.ts';
import { differences } from './differences.ts';
import { ArchiveError } from './errors.ts';
import type { Inspecting } from './inspecting.ts';
import { ensureInflated, inspectKept } from './kept-object.ts';
import { lookedAt } from './looked-at.ts';
import type { ConflictDetail, ConflictEntry, InstanceHeader } from './model.ts';
import { newInstance } from './new-instance.ts';
import type { Processes } from './processes/processes.ts';
import type { ConflictRecord } from './records-port.ts';
import { several } from './several.ts';

const PAGE = 100;
/** Studies whose conflicts are counted at a time. */
const AT_ONCE = 16;
const STATES: readonly ConflictRecord['state'][] = ['open', 'resolving', 'existing', 'new'];

/** Conflicts as the facility that owns the study sees and decides them. */
export class ConflictDesk {
  readonly #with: Dependencies;
  readonly #changes: ChangeFeed;
  readonly #inspecting: Inspecting;
  readonly #processes: Pick<Processes, 'exclusive' | 'ifFree'>;

  constructor(
    dependencies: Dependencies,
    processes: Pick<Processes, 'exclusive' | 'ifFree'>,
    changes: ChangeFeed,
    inspecting: Inspecting,
  ) {
    this.#with = dependencies;
    this.#processes = processes;
    this.#changes = changes;
    this.#inspecting = inspecting;
  }

  async list(
    page: PageQuery,
    scope: Scope,
  ): Promise<{ readonly conflicts: readonly ConflictEntry[]; readonly next: string | null }> {
    const limit = Math.max(1, Math.min(page.limit ?? PAGE, PAGE));
    const found = await this.#with.records.openConflicts({ facilities: scope.facilities, limit: limit + 1, after: page.after });
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return { conflicts: shown.map(entryOf), next: found.length > limit && last !== undefined ? cursorOf(last) : null };
  }

  async detail(id: string, scope: Scope): Promise<ConflictDetail> {
    const record = await this.#find(id, scope);
    const aside = this.#aside(asideKey(record));
    const [existing, other] = await Promise.all([this.#own(record), aside]);
    const found =
      existing === undefined
        ? { differences: [], truncated: false }
        : differences(existing.header, other, this.#with.limits.differences);
    return { ...entryOf(record), ...found };
  }

  async resolve(id: string, keep: 'existing' | 'new', by: string, scope: Scope): Promise<ConflictEntry> {
    const { sopInstanceUid } = await this.#find(id, scope);
    return await this.#processes.exclusive(decisionsOn(sopInstanceUid), () => this.#decide(id, keep, by, scope));
  }

  async #decide(id: string, keep: 'existing' | 'new', by: string, scope: Scope): Promise<ConflictEntry> {
    const { records } = this.#with;
    const record = await this.#find(id, scope);
    const existing = await this.#own(record);
    if (keep === 'new') {
      await this.#checkPlace(record);
    }
    const decided = await records.resolve({
      id,
      keep,
      by,
      at: this.#with.now(),
      existing: existing === undefined ? null : { key: existing.objectKey, sha256: existing.sha256 },
    });
    if (!decided) {
      throw new ArchiveError('conflict', 'the conflict was decided already');
    }
    if (keep === 'new') {
      await this.#carryOut(await this.#find(id, scope));
    }
    await this.#recount(record.studyInstanceUid);
    return entryOf(await this.#find(id, scope));
  }

  /** Carries a decision out that was written down; when that fails, it waits for a person again. */
  async #carryOut(record: ConflictRecord): Promise<void> {
    const study = await this.#showNew(record).catch(async (error: unknown) => {
      await this.#setBack(record);
      throw error;
    });
    await this.#with.records.finishResolve(record.id);
    this.#changes.note(study, 'updated');
  }

  /** Unless another process is at it, or was meanwhile. */
  async #carryOutLate({ id, sopInstanceUid }: ConflictRecord): Promise<void> {
    await this.#processes.ifFree(decisionsOn(sopInstanceUid), async () => {
      const record = await this.#with.records.conflict(id);
      if (record?.state === 'resolving') {
        await this.#carryOut(record);
      }
    });
  }

  /** NOTE: not once the new object is in its place, nor when that cannot be told: then the next start ends what was begun. */
  async #setBack(record: ConflictRecord): Promise<void> {
    const { index, records, log } = this.#with;
    try {
      const shown = await index.find(record.sopInstanceUid);
      if (shown?.objectKey !== record.newKey) {
        await records.reopen(record.id);
        await this.#recount(record.studyInstanceUid);
      }
    } catch (error) {
      log.error({ conflict: record.id, error: String(error) }, 'decision-not-set-back');
    }
  }

  /** Puts the new object into the index, and gives its study. May be done again. @throws ArchiveError `conflict` where another came first */
  async #showNew(record: ConflictRecord): Promise<string> {
    const { index, objects } = this.#with;
    await this.#checkPlace(record);
    const envelope = await objects.envelope(record.newKey);
    const owner = { facility: record.facility, issuer: issuerOf(this.#with, record.facility) };
    const instance = await inspectKept(
      this.#inspecting,
      objects,
      { objectKey: record.newKey, source: envelope.source },
      async (object) => {
        const inflated = await ensureInflated(objects, record.newKey, object);
        return newInstance(lookedAt(object), envelope, { object: record.newKey, inflated }, owner);
      },
    );
    const current = await index.find(record.sopInstanceUid);
    // When this is the second time, the new object is in its place already and only what followed is done.
    const before = current?.objectKey === record.newKey ? (record.existingKey ?? '') : current?.objectKey;
    await (before === undefined ? index.add(instance) : index.replace(record.sopInstanceUid, before, instance));
    await this.#checkShown(record);
    if (before !== undefined) {
      // Nobody looks at it any more: without it the disk has room for others.
      await objects.deleteDerived(before, 'progressive').catch(() => undefined);
    }
    return instance.study.studyInstanceUid;
  }

  /** NOTE: what the person compared it with may have gone, or another object come, after it was looked up. @throws ArchiveError `conflict` */
  async #checkShown({ sopInstanceUid, newKey }: ConflictRecord): Promise<void> {
    const shown = await this.#with.index.peek(sopInstanceUid);
    if (shown?.objectKey !== newKey) {
      throw new ArchiveError(
        'conflict',
        'another object came under that UID, or was taken out, at this moment: compare and decide again',
      );
    }
  }

  /**
   * Carries out what a process that ended had only written down, and counts anew what it may not have counted. What cannot be
   * done does not keep the archive from starting.
   */
  async resume(): Promise<void> {
    const studies = new Set<string>();
    for (let after: string | undefined = ''; after !== undefined; ) {
      const found: readonly ConflictRecord[] = await this.#with.records.conflictsIn(STATES, after, PAGE);
      for (const record of found) {
        studies.add(record.studyInstanceUid);
        if (record.state === 'resolving') {
          await this.#carryOutLate(record).catch((error: unknown) => {
            this.#with.log.error({ conflict: record.id, error: String(error) }, 'decision-not-carried-out');
          });
        }
      }
      after = found.length < PAGE ? undefined : found.at(-1)?.id;
    }
    await several(studies, AT_ONCE, (study) =>
      this.#recount(study).catch((error: unknown) => {
        this.#with.log.warn({ study, error: String(error) }, 'conflicts-not-counted');
      }),
    );
  }

  async #aside(objectKey: string): Promise<DataSet> {
    const { objects } = this.#with;
    const { source } = await objects.envelope(objectKey);
    return await inspectKept(this.#inspecting, objects, { objectKey, source }, ({ header }) => header);
  }

  /** The instance a conflict is about, unless a facility has it that does not decide. */
  async #own(record: ConflictRecord): Promise<InstanceHeader | undefined> {
    const instance = await this.#with.index.find(record.sopInstanceUid);
    return instance?.facility === record.facility ? instance : undefined;
  }

  /**
   * An object is put neither in the place of another facility's instance nor into its study.
   * @throws ArchiveError `conflict`
   */
  async #checkPlace(record: ConflictRecord): Promise<void> {
    const { index, objects, now } = this.#with;
    const { studyInstanceUid } = await objects.envelope(record.newKey);
    const [instance, study] = await Promise.all([index.find(record.sopInstanceUid), index.owner(studyInstanceUid, now())]);
    const owners = [instance?.facility, study?.facility];
    if (owners.some((owner) => owner !== undefined && owner !== record.facility)) {
      throw new ArchiveError(
        'conflict',
        'the new object cannot be shown: its study or its UID does not belong to this facility. Keep the existing one, or have the new one sent again under other UIDs',
      );
    }
  }

  async #recount(studyInstanceUid: string): Promise<void> {
    await this.#with.index.setConflicts(studyInstanceUid, await this.#with.records.countOpen(studyInstanceUid));
  }

  async #find(id: string, scope: Scope): Promise<ConflictRecord> {
    const record = await this.#with.records.conflict(id);
    if (record === undefined || (scope.facilities !== 'all' && !scope.facilities.includes(record.facility))) {
      throw new ArchiveError('not-found', 'there is no such conflict');
    }
    return record;
  }
}

/**
 * NOTE: a decision names the object it puts aside. Of two at once about one instance both would name the same, and a rebuild show
 * another.
 */
function decisionsOn(sopInstanceUid: string): string {
  return `conflict ${sopInstanceUid}`;
}

function cursorOf(record: ConflictRecord): string {
  return `${record.receivedAt}~${record.id}`;
}

function entryOf(record: ConflictRecord): ConflictEntry {
  const { id, kind, studyInstanceUid, seriesInstanceUid, sopInstanceUid, facility, fromFacility, from, receivedAt, resolvedBy } =
    record;
  const resolved = record.state === 'open' ? null : record.state === 'existing' ? 'existing' : 'new';
  return {
    id,
    kind,
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    facility,
    fromFacility,
    from,
    receivedAt,
    resolved,
    resolvedBy,
  };
}
