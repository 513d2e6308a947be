import type { Records } from '../records-port.ts';

/** How long it is believed that a study has no rejected instances; another process may reject some. */
const BELIEVED_MS = 10_000;
/** Studies of which that is remembered: some 100 bytes each. */
const MOST_REMEMBERED = 5_000;

/**
 * Knows copies of what was rejected: sent again, they are not shown again. It is asked of every instance that comes, so that most are
 * answered from memory, by their study.
 */
export class RejectedCopies {
  readonly #records: Pick<Records, 'rejections'>;
  readonly #without = new Map<string, number>();

  constructor(records: Pick<Records, 'rejections'>) {
    this.#records = records;
  }

  async has(studyInstanceUid: string, sopInstanceUid: string, sha256: string, facility: string): Promise<boolean> {
    const { rejections } = this.#records;
    if (performance.now() < (this.#without.get(studyInstanceUid) ?? 0)) {
      return false;
    }
    if (await rejections.hasRejected(studyInstanceUid)) {
      return await rejections.isRejected(sopInstanceUid, sha256, facility);
    }
    if (this.#without.size >= MOST_REMEMBERED) {
      this.#without.clear();
    }
    this.#without.set(studyInstanceUid, performance.now() + BELIEVED_MS);
    return false;
  }

  forget(studyInstanceUid: string): void {
    this.#without.delete(studyInstanceUid);
  }
}
