import type { Scope } from '@filmless/access';
import { type DataSet, TAG } from '@filmless/dicom';
import type { ChangeFeed } from '../changes.ts';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { PerformedFacts } from './order-records.ts';
import { invalidAttribute, type PerformedContent, readPerformed } from './performed.ts';
import type { KeptPerformed, PerformedQuery } from './performed-records.ts';

/** Times a change is tried again when others change the same step at the same moment. */
const TRIES = 5;

/** Hears which instances are to come, once a machine has said so for good. */
export interface PerformedListener {
  named(sopInstanceUids: readonly string[]): Promise<void>;
}

/**
 * Modality performed procedure steps: what machines say they do and did. PS3.4 F.7. What must be there, and where a value must not
 * be empty, the receiver of the messages checks; here stand the states.
 */
export class PerformedDesk {
  readonly #with: Pick<Dependencies, 'records' | 'now' | 'limits'>;
  readonly #changes: ChangeFeed;
  readonly #listener: PerformedListener;

  constructor(dependencies: Dependencies, changes: ChangeFeed, listener: PerformedListener) {
    this.#with = dependencies;
    this.#changes = changes;
    this.#listener = listener;
  }

  /** N-CREATE. A step begins in progress. PS3.4 F.7.2.1.2. @throws ArchiveError `conflict`, `invalid-request`, with a code */
  async create(sopInstanceUid: string, dataSet: DataSet, facility: string): Promise<KeptPerformed> {
    const content = this.#read(dataSet);
    if (content.state !== 'IN PROGRESS') {
      throw invalidAttribute(TAG.PerformedProcedureStepStatus, 'a step begins IN PROGRESS');
    }
    const at = this.#with.now();
    const orders = await this.#with.records.performed.createPerformed({ sopInstanceUid, facility, content, dataSet, at });
    if (orders === undefined) {
      throw new ArchiveError('conflict', 'there is a performed procedure step of this UID', { members: { code: 'duplicate' } });
    }
    return await this.#announce(sopInstanceUid, orders, content);
  }

  /**
   * N-SET: each attribute given takes the place of the one there, a sequence as a whole. What is completed or discontinued is
   * changed no more. PS3.4 F.7.2.2.2.
   * @throws ArchiveError `not-found`, `conflict`, `invalid-request`, with a code
   */
  async set(sopInstanceUid: string, modifications: DataSet, scope: Scope): Promise<KeptPerformed> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const before = await this.get(sopInstanceUid, scope);
      if (before.state !== 'IN PROGRESS') {
        throw new ArchiveError('conflict', `the step is ${before.state}: it may no longer be updated`, {
          members: { code: 'final' },
        });
      }
      const dataSet = { ...before.dataSet, ...modifications };
      const content = this.#read(dataSet);
      const { facility, version } = before;
      const at = this.#with.now();
      const step = { sopInstanceUid, facility, content, dataSet, version, at };
      const orders = await this.#with.records.performed.setPerformed(step);
      if (orders !== undefined) {
        return await this.#announce(sopInstanceUid, orders, content);
      }
    }
    throw new ArchiveError('busy', 'others change this step at the same moment; try again');
  }

  async get(sopInstanceUid: string, { facilities }: Scope): Promise<KeptPerformed> {
    const found = await this.#with.records.performed.performed(sopInstanceUid);
    if (found === undefined || (facilities !== 'all' && !facilities.includes(found.facility))) {
      throw new ArchiveError('not-found', 'there is no such performed procedure step', { members: { code: 'unknown' } });
    }
    return found;
  }

  async list(
    query: PerformedQuery,
    scope: Scope,
  ): Promise<{ readonly steps: readonly PerformedFacts[]; readonly next: string | null }> {
    const found = await this.#with.records.performed.listPerformed(query, scope.facilities);
    const steps = found.slice(0, query.limit);
    const last = steps.at(-1);
    return {
      steps,
      next: found.length > query.limit && last !== undefined ? `${last.createdAt}~${last.sopInstanceUid}` : null,
    };
  }

  #read(dataSet: DataSet): PerformedContent {
    const content = readPerformed(dataSet);
    const { performedInstances } = this.#with.limits;
    if (content.instances.length > performedInstances) {
      throw new ArchiveError('limit-exceeded', `the step names more than ${performedInstances} instances`);
    }
    return content;
  }

  async #announce(sopInstanceUid: string, orderIds: readonly number[], content: PerformedContent): Promise<KeptPerformed> {
    const { orders, performed } = this.#with.records;
    if (content.state !== 'IN PROGRESS') {
      await this.#listener.named(content.instances);
    }
    for (const { document } of await orders.byId(orderIds)) {
      this.#changes.noteOrder({ facility: document.facility, accessionNumber: document.accessionNumber }, 'updated');
    }
    for (const study of new Set(content.scheduled.map(({ studyInstanceUid }) => studyInstanceUid))) {
      this.#changes.note(study, 'updated');
    }
    const kept = await performed.performed(sopInstanceUid);
    if (kept === undefined) {
      throw new Error('a performed procedure step that was written is not there');
    }
    return kept;
  }
}
