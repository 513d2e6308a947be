import type { Dependencies } from './dependencies.ts';
import type { RemovedObject } from './index-port.ts';
import type { StoredInstance } from './model.ts';
import type { Processes } from './processes/processes.ts';
import { several } from './several.ts';
import type { Sharing } from './sharing.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'objects' | 'log' | 'now' | 'limits'>;

/** Objects looked up at a time, and deleted side by side. */
const PAGE = 500;
const AT_ONCE = 8;
/** Who deletes forgets what it has deleted: two at once would look at the same objects. */
const REMOVAL = 'removal';

/**
 * Removes studies whose objects another archive keeps, whole ones alone. The index takes the study out and notes its objects in one
 * step; the objects go after it. Whatever ends the process in between, the next start deletes what is noted: nothing is half there,
 * and no object stays that nobody knows.
 */
export class Removing {
  readonly #with: Needs;
  readonly #processes: Pick<Processes, 'exclusive' | 'ifFree'>;
  readonly #sharing: Pick<Sharing, 'left'>;

  constructor(dependencies: Needs, processes: Pick<Processes, 'exclusive' | 'ifFree'>, sharing: Pick<Sharing, 'left'>) {
    this.#with = dependencies;
    this.#processes = processes;
    this.#sharing = sharing;
  }

  /** False, and nothing is done, when the study has something beside these instances, or an open conflict, or is not there. */
  async remove(studyInstanceUid: string, instances: readonly StoredInstance[]): Promise<boolean> {
    const { index } = this.#with;
    return await this.#processes.exclusive(REMOVAL, async () => {
      const removed = await index.removeStudy(
        studyInstanceUid,
        instances.map(({ objectKey }) => objectKey),
      );
      const [first] = instances;
      if (removed && first !== undefined) {
        const bytes = instances.reduce((sum, { size }) => sum + size, 0);
        await this.#note({ studyInstanceUid, facility: first.facility, instances: instances.length, bytes });
        await this.#sharing.left(studyInstanceUid, first.facility);
        await this.#clear();
      }
      return removed;
    });
  }

  /** Ends what was begun. */
  async resume(): Promise<void> {
    await this.#processes.ifFree(REMOVAL, async () => {
      for await (const page of this.#noted()) {
        for (const [studyInstanceUid, objects] of Map.groupBy(page, (object) => object.studyInstanceUid)) {
          await this.#noteOnce(studyInstanceUid, objects);
        }
      }
      await this.#clear();
    });
  }

  /** What the index took out was not noted yet where the process ended right behind it. */
  async #noteOnce(studyInstanceUid: string, objects: readonly RemovedObject[]): Promise<void> {
    const [first] = objects;
    if (first === undefined) {
      return;
    }
    await this.#sharing.left(studyInstanceUid, first.facility);
    if ((await this.#with.records.removals.find(studyInstanceUid)) === undefined) {
      const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
      await this.#note({ studyInstanceUid, facility: first.facility, instances: objects.length, bytes });
    }
  }

  async #note(removed: Omit<Parameters<Needs['records']['removals']['note']>[0], 'at'>): Promise<void> {
    const { records, now, limits } = this.#with;
    const at = now();
    await records.removals.note({ ...removed, at }, new Date(Date.parse(at) - limits.removedKeptMs).toISOString());
  }

  /** Deletes the objects that are noted; one that cannot be deleted now stays noted. */
  async #clear(): Promise<void> {
    const { index, objects, log } = this.#with;
    for await (const page of this.#noted()) {
      const deleted: string[] = [];
      await several(page, AT_ONCE, async ({ objectKey }) => {
        try {
          await objects.delete(objectKey);
          deleted.push(objectKey);
        } catch (error) {
          log.warn({ object: objectKey, error: String(error) }, 'removed-object-not-deleted');
        }
      });
      await index.forgetRemoved(deleted);
    }
  }

  async *#noted(): AsyncGenerator<readonly RemovedObject[], void> {
    for (let after = ''; ; ) {
      const page = await this.#with.index.removedObjects(after, PAGE);
      yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) {
        return;
      }
      after = last.objectKey;
    }
  }
}
