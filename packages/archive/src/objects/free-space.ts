import { ArchiveError } from '../core/errors.ts';

export interface FreeSpaceOptions {
  /** Bytes that stay free, so that the databases can still commit. */
  readonly reserve: number;
  /** Bytes that all writers together may write between two looks at the disk. */
  readonly checkEvery: number;
  /** Free bytes of the disk. */
  readonly free: () => Promise<number>;
}

/** Room on a disk that several write to: asked before an object and while it is written. */
export class FreeSpace {
  readonly #options: FreeSpaceOptions;
  /** What may still be written before the disk is looked at again; nothing while it is full, so that all writers see it. */
  #granted = 0;

  constructor(options: FreeSpaceOptions) {
    this.#options = options;
  }

  /** Looks at the disk before an object is begun. @throws ArchiveError `store-full` */
  async look(): Promise<void> {
    const { reserve, checkEvery, free } = this.#options;
    const room = (await free()) - reserve;
    this.#granted = Math.max(0, Math.min(room, checkEvery));
    if (room <= 0) {
      throw new ArchiveError(
        'store-full',
        `the disk has less than ${Math.ceil(reserve / 1_048_576)} MiB left, which are kept for the databases: free some space`,
      );
    }
  }

  /** Takes so many bytes of the room before they are written. @throws ArchiveError `store-full` */
  async take(bytes: number): Promise<void> {
    if (bytes > this.#granted) {
      await this.look();
    }
    this.#granted -= bytes;
  }
}
