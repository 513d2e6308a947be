import { alignedMemory } from './aligned-memory.ts';

/** The first block of an object: many objects need no more. */
const FIRST_BYTES = 16_384;
const BLOCK_BYTES = 262_144;
/** Blocks of each length that are kept for the next object while nobody needs them. */
const MOST_KEPT = 32;
/** Without an object for so long, none are kept. */
const KEPT_MS = 10_000;

/**
 * Memory for objects on their way, in blocks that are used again and again: memory that is new for each object has to be found
 * by the garbage collector, which looks through everything else for it. Each begins on a page, so that it can go to a disk as it is.
 */
export class BlockPool {
  readonly #kept = new Map<number, Uint8Array[]>();
  #free: number;
  #idle: NodeJS.Timeout | undefined;

  /** `bytes`: of all blocks in use together. */
  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** A block with anything in it; `undefined` when the others have all there is. */
  take(isFirst: boolean): Uint8Array | undefined {
    const bytes = isFirst ? FIRST_BYTES : BLOCK_BYTES;
    if (bytes > this.#free) {
      return undefined;
    }
    this.#free -= bytes;
    return this.#kept.get(bytes)?.pop() ?? alignedMemory(bytes);
  }

  /** `again`: nobody reads them any more, so that another object may have them. */
  giveBack(blocks: readonly Uint8Array[], again: boolean): void {
    for (const block of blocks) {
      this.#free += block.byteLength;
      const kept = this.#kept.get(block.byteLength) ?? [];
      if (again && kept.length < MOST_KEPT) {
        kept.push(block);
        this.#kept.set(block.byteLength, kept);
      }
    }
    this.#idle ??= setTimeout(() => this.#kept.clear(), KEPT_MS).unref();
    this.#idle.refresh();
  }
}
