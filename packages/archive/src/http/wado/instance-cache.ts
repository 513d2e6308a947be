import type { Scope } from '@filmless/access';
import type { ArchiveCore } from '../../core/archive-core.ts';
import type { LaidOutInstance, Target } from '../../core/model.ts';

/** Instances kept in memory. One of an enhanced object with thousands of frames takes some 30 MB, an ordinary one 100 kB. */
const MOST = 64;
/** Bytes of their text; what has more alone is read each time. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The headers or layouts last asked for: whoever scrolls through an object of many frames asks for the same one each time, and reading
 * it takes longer than reading the frame. Whether the caller may see it is asked anew each time.
 */
export class InstanceCache<I extends LaidOutInstance> {
  readonly #core: Pick<ArchiveCore, 'stored'>;
  readonly #read: (target: Required<Target>, scope: Scope) => Promise<I>;
  /** By SOP Instance UID, the least recently asked for first. */
  readonly #kept = new Map<string, I>();
  #bytes = 0;

  constructor(core: Pick<ArchiveCore, 'stored'>, read: (target: Required<Target>, scope: Scope) => Promise<I>) {
    this.#core = core;
    this.#read = read;
  }

  /** @throws ArchiveError `not-found` */
  async instance(target: Required<Target>, scope: Scope): Promise<I> {
    const kept = this.#kept.get(target.sopInstanceUid);
    if (kept !== undefined) {
      const stored = await this.#core.stored(target, scope);
      if (stored.objectKey === kept.objectKey) {
        return this.#keep({ ...kept, ...stored });
      }
    }
    return this.#keep(await this.#read(target, scope));
  }

  #keep(instance: I): I {
    this.#drop(instance.sopInstanceUid);
    if (instance.textBytes <= MOST_BYTES) {
      this.#kept.set(instance.sopInstanceUid, instance);
      this.#bytes += instance.textBytes;
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST && this.#bytes <= MOST_BYTES) {
        break;
      }
      this.#drop(oldest);
    }
    return instance;
  }

  #drop(sopInstanceUid: string): void {
    this.#bytes -= this.#kept.get(sopInstanceUid)?.textBytes ?? 0;
    this.#kept.delete(sopInstanceUid);
  }
}
