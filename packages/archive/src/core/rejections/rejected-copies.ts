import type { Records } from '../records-port.ts';

/** How long it is believed which studies have rejected instances; a repair by hand may change it. */
const BELIEVED_MS = 10_000;
/** Studies held in memory: some 100 bytes each. Where more have rejected instances, each study is asked for. */
const MOST_HELD = 5_000;

type Rejected = ReadonlySet<string> | 'too many';

/**
 * Knows copies of what was rejected: sent again, they are not shown again. It is asked of every instance that comes, so that most are
 * answered from memory: few studies of an archive have something that was rejected. Where other processes share the records, each is asked
 * of the records: what another process rejected a moment ago must not come back into sight.
 */
export class RejectedCopies {
  readonly #records: Pick<Records, 'rejections'>;
  readonly #shared: boolean;
  #asked: Promise<Rejected> | undefined;
  #until = 0;

  constructor(records: Pick<Records, 'rejections'>, shared: boolean) {
    this.#records = records;
    this.#shared = shared;
  }

  async has(studyInstanceUid: string, sopInstanceUid: string, sha256: string, facility: string): Promise<boolean> {
    const { rejections } = this.#records;
    if (this.#shared) {
      return await rejections.isRejected(sopInstanceUid, sha256, facility);
    }
    const studies = await this.#studies();
    const mayHave = studies === 'too many' ? await rejections.hasRejected(studyInstanceUid) : studies.has(studyInstanceUid);
    return mayHave && (await rejections.isRejected(sopInstanceUid, sha256, facility));
  }

  /** Something was rejected here: who asks from now on hears of it. */
  forget(): void {
    this.#asked = undefined;
  }

  #studies(): Promise<Rejected> {
    if (this.#asked === undefined || performance.now() >= this.#until) {
      const asked = this.#ask();
      this.#asked = asked;
      this.#until = performance.now() + BELIEVED_MS;
      asked.catch(() => {
        if (this.#asked === asked) {
          this.#asked = undefined;
        }
      });
    }
    return this.#asked;
  }

  async #ask(): Promise<Rejected> {
    const studies = await this.#records.rejections.studiesWithRejected(MOST_HELD + 1);
    return studies.length > MOST_HELD ? 'too many' : new Set(studies);
  }
}
