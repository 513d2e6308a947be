import { DicomError, type Filled, type Filler, type FoundFileMeta, readFileMeta, type SendBuffers } from '@filmless/dicom';
import type { OutgoingPiece } from '../dimse/message.ts';
import { messageOf, RouterError } from '../errors.ts';

/** File meta information is shorter than this by far. */
const MAX_META_BYTES = 1_048_576;
/** Gathered before the file meta information is looked for: most often it is there whole. */
const HEAD_BYTES = 4096;

/** The data set of an instance on its way, and apart from it its file meta information; to be closed whether it was read or not. */
export interface ArchivedDataSet {
  /** What it really is in: what was stored since may be in another than what was known of it. */
  readonly transferSyntaxUid: string;
  /** Preamble, prefix and file meta information: what stands before the data set in a Part 10 file. */
  readonly fileMeta: Uint8Array;
  /** When the archive got it, milliseconds since 1970; undefined where it does not say. */
  readonly storedAt?: number | undefined;
  /** Read once. Fails with RouterError `archive`. */
  readonly pieces: AsyncIterable<OutgoingPiece>;
  close(): Promise<void>;
}

/**
 * Reads file meta information from the beginning of a Part 10 file. What it was read from is let go when that fails.
 * @throws RouterError `archive`
 */
export async function openDataSet(filler: Filler, buffers: SendBuffers, storedAt?: number): Promise<ArchivedDataSet> {
  const source = new FilledPieces(filler, buffers);
  try {
    return { ...(await source.readMeta()), storedAt, pieces: source, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw brokenOff(error);
  }
}

export function brokenOff(error: unknown): RouterError {
  return error instanceof RouterError ? error : new RouterError('archive', `the archive broke off: ${messageOf(error)}`);
}

/** Buffers that are filled, taken, and used again: one is sent while the next is filled. */
class FilledPieces implements AsyncIterableIterator<OutgoingPiece> {
  readonly #filler: Filler;
  readonly #buffers: SendBuffers;
  /** The bytes behind the file meta information that came with it. */
  #first: OutgoingPiece | undefined;
  /** Whose bytes were given last: not in use any more once more are asked for. */
  #given: Filled | undefined;
  #ahead: Promise<Filled | undefined> | undefined;
  #ended = false;

  constructor(filler: Filler, buffers: SendBuffers) {
    this.#filler = filler;
    this.#buffers = buffers;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What comes after the file meta information is the first piece. */
  async readMeta(): Promise<Pick<ArchivedDataSet, 'transferSyntaxUid' | 'fileMeta'>> {
    let head: Uint8Array = new Uint8Array(0);
    for (;;) {
      const filled = await this.#filler.next();
      const last = filled === undefined || filled.last;
      const bytes = filled?.bytes ?? new Uint8Array(0);
      const whole = head.byteLength === 0 ? bytes : Buffer.concat([head, bytes]);
      this.#given = filled;
      const found = last || whole.byteLength >= HEAD_BYTES ? metaOf(whole, last) : undefined;
      if (found !== undefined) {
        this.#first = { bytes: whole.subarray(found.dataSetOffset), last };
        this.#ended = last;
        const fileMeta = new Uint8Array(whole.subarray(0, found.dataSetOffset));
        return { transferSyntaxUid: found.meta.transferSyntaxUid, fileMeta };
      }
      head = head.byteLength === 0 ? new Uint8Array(bytes) : whole;
      this.#given = undefined;
      this.#give(filled);
    }
  }

  async next(): Promise<IteratorResult<OutgoingPiece, void>> {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) {
      this.#fillAhead();
      return { done: false, value: first };
    }
    this.#give(this.#given);
    this.#given = undefined;
    if (this.#ended) {
      return { done: true, value: undefined };
    }
    try {
      this.#given = await (this.#ahead ?? this.#filler.next());
    } catch (error) {
      throw brokenOff(error);
    }
    this.#ahead = undefined;
    this.#ended = this.#given === undefined || this.#given.last;
    this.#fillAhead();
    const { bytes = new Uint8Array(0), last = true } = this.#given ?? {};
    return { done: false, value: { bytes, last } };
  }

  /** NOTE: what was given last may be on its way still when nobody asked for more: its memory is not used again. */
  async close(): Promise<void> {
    const given = this.#given;
    this.#given = undefined;
    if (this.#first !== undefined) {
      this.#give(given);
    } else if (given?.buffer !== undefined) {
      this.#buffers.lose(given.buffer.byteLength);
    }
    this.#first = undefined;
    const isWhole = this.#ended;
    this.#ended = true;
    const ahead = this.#ahead?.then(
      (filled) => this.#give(filled),
      () => undefined,
    );
    if (!isWhole) {
      await this.#filler.cancel().catch(() => undefined);
    }
    await ahead;
  }

  #fillAhead(): void {
    if (!this.#ended && this.#ahead === undefined) {
      this.#ahead = this.#filler.next();
      // Heard when its turn comes.
      this.#ahead.catch(() => undefined);
    }
  }

  #give(filled: Filled | undefined): void {
    if (filled?.buffer !== undefined) {
      this.#buffers.give(filled.buffer);
    }
  }
}

/** Undefined while the file meta information is not there whole. */
function metaOf(head: Uint8Array, ended: boolean): FoundFileMeta | undefined {
  try {
    return readFileMeta(head);
  } catch (error) {
    if (error instanceof DicomError && error.code === 'truncated' && !ended && head.byteLength < MAX_META_BYTES) {
      return undefined;
    }
    throw error;
  }
}
