import type { Scope } from '@filmless/access';
import type { ArchiveCore } from '../../core/archive-core.ts';
import type { InstanceHeader, Target } from '../../core/model.ts';

/** Headers kept in memory. One of an enhanced object with thousands of frames takes some 30 MB, an ordinary one 100 kB. */
const MAX_HEADERS = 64;
/** Bytes of their text; what has more alone is read each time. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/**
 * The headers last asked for: whoever scrolls through an object of many frames asks for the same one each time, and reading it
 * takes longer than reading the frame. Whether the caller may see it is asked anew each time.
 */
export class HeaderCache {
  readonly #core: Pick<ArchiveCore, 'instance' | 'stored'>;
  /** By SOP Instance UID, the least recently asked for first. */
  readonly #kept = new Map<string, InstanceHeader>();
  #bytes = 0;

  constructor(core: Pick<ArchiveCore, 'instance' | 'stored'>) {
    this.#core = core;
  }

  /** @throws ArchiveError `not-found` */
  async instance(target: Required<Target>, scope: Scope): Promise<InstanceHeader> {
    const kept = this.#kept.get(target.sopInstanceUid);
    if (kept !== undefined) {
      const stored = await this.#core.stored(target, scope);
      if (stored.objectKey === kept.objectKey) {
        return this.#keep({ ...kept, ...stored });
      }
    }
    return this.#keep(await this.#core.instance(target, scope));
  }

  #keep(instance: InstanceHeader): InstanceHeader {
    this.#drop(instance.sopInstanceUid);
    if (instance.headerBytes <= MAX_HEADER_BYTES) {
      this.#kept.set(instance.sopInstanceUid, instance);
      this.#bytes += instance.headerBytes;
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_HEADERS && this.#bytes <= MAX_HEADER_BYTES) {
        break;
      }
      this.#drop(oldest);
    }
    return instance;
  }

  #drop(sopInstanceUid: string): void {
    this.#bytes -= this.#kept.get(sopInstanceUid)?.headerBytes ?? 0;
    this.#kept.delete(sopInstanceUid);
  }
}
