import { DicomError } from '../errors.ts';
import type { Delimiter } from './delimiter.ts';
import type { LentPieces } from './lent-pieces.ts';

/** Spaces and tabs a sender may put after a delimiter (RFC 2046 5.1.1); more than this is no delimiter line. */
const MAX_PADDING_BYTES = 256;

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const CRLF: Uint8Array = Uint8Array.of(CR, LF);

/** What follows a delimiter: the next part's headers, the end of the body, or more data that only looked like one. */
type Tail = { readonly kind: 'part' | 'close'; readonly end: number } | { readonly kind: 'data' };

/**
 * Cuts a body into runs of bytes between delimiters; holds one chunk of the body at a time, which may change once the next is
 * asked for: so may a run.
 */
export class Scanner {
  readonly #source: LentPieces;
  readonly #delimiter: Delimiter;
  /** Bytes read and not handed out; begins as a line end, since the first delimiter may be the first line. */
  #pending: Uint8Array = CRLF;
  #atDelimiter: 'part' | 'close' | undefined;

  constructor(source: LentPieces, delimiter: Delimiter) {
    this.#source = source;
    this.#delimiter = delimiter;
  }

  /**
   * The next run of data, never empty, or `undefined` once a delimiter was reached: `closed` tells which.
   * @throws DicomError `invalid-multipart` when the body ends first
   */
  async run(): Promise<Uint8Array | undefined> {
    if (this.#atDelimiter !== undefined) {
      return undefined;
    }
    let from = 0;
    for (;;) {
      const at = this.#delimiter.indexIn(this.#pending, from);
      if (at === -1) {
        const keep = this.#delimiter.partialAtEnd(this.#pending, from);
        if (this.#pending.length > keep) {
          return this.#take(this.#pending.length - keep);
        }
        await this.#more();
        continue;
      }
      // NOTE: what may look like a delimiter over several pieces holds back itself alone, not all that came before it.
      if (at > 0 && this.#pending.length < at + this.#delimiter.bytes.length + MAX_PADDING_BYTES + 2) {
        return this.#take(at);
      }
      const tail = await this.#tail(at + this.#delimiter.bytes.length);
      if (tail.kind === 'data') {
        // A delimiter holds only one line end, so the next cannot begin inside this one.
        from = at + this.#delimiter.bytes.length;
        continue;
      }
      const data = this.#pending.subarray(0, at);
      this.#pending = this.#pending.subarray(tail.end);
      this.#atDelimiter = tail.kind;
      return data.length > 0 ? data : undefined;
    }
  }

  /** True when the delimiter reached was the last. */
  get closed(): boolean {
    return this.#atDelimiter === 'close';
  }

  /**
   * Steps over the delimiter and reads the header lines behind it, up to the empty line.
   * @throws DicomError `limit-exceeded`, `invalid-multipart`
   */
  async headers(maxBytes: number): Promise<string> {
    this.#atDelimiter = undefined;
    await this.#atLeast(2);
    if (this.#pending[0] === CR && this.#pending[1] === LF) {
      await this.#body(2);
      return '';
    }
    for (let from = 0; ; ) {
      const end = endOfHeaders(this.#pending, from);
      if (end !== -1 && end <= maxBytes) {
        const text = new TextDecoder().decode(this.#pending.subarray(0, end));
        await this.#body(end + 4);
        return text;
      }
      if (end !== -1 || this.#pending.length > maxBytes + 3) {
        throw new DicomError('limit-exceeded', `the headers of a part are longer than ${maxBytes} bytes`);
      }
      from = Math.max(0, this.#pending.length - 3);
      await this.#more();
    }
  }

  /** A body of no bytes may share its line end with the header's: then the delimiter stands here already. */
  async #body(start: number): Promise<void> {
    const { length } = this.#delimiter.bytes;
    const lineEnd = start - 2;
    while (
      this.#pending.length < lineEnd + length &&
      this.#delimiter.matches(this.#pending, lineEnd, this.#pending.length - lineEnd)
    ) {
      await this.#more();
    }
    this.#pending = this.#pending.subarray(this.#delimiter.matches(this.#pending, lineEnd, length) ? lineEnd : start);
  }

  #take(length: number): Uint8Array {
    const data = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return data;
  }

  async #tail(after: number): Promise<Tail> {
    await this.#atLeast(after + 2);
    if (this.#pending[after] === DASH && this.#pending[after + 1] === DASH) {
      return { kind: 'close', end: after + 2 };
    }
    for (let at = after; at <= after + MAX_PADDING_BYTES; at += 1) {
      await this.#atLeast(at + 1);
      const byte = this.#pending[at];
      if (byte === CR) {
        await this.#atLeast(at + 2);
        return this.#pending[at + 1] === LF ? { kind: 'part', end: at + 2 } : { kind: 'data' };
      }
      if (byte !== 0x20 && byte !== 0x09) {
        return { kind: 'data' };
      }
    }
    return { kind: 'data' };
  }

  async #atLeast(length: number): Promise<void> {
    while (this.#pending.length < length) {
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    this.#pending = new Uint8Array(this.#pending);
    const { done, value } = await this.#source.next();
    if (done === true) {
      throw new DicomError('invalid-multipart', 'the multipart body ends before its closing delimiter');
    }
    this.#pending = this.#pending.length === 0 ? value : join(this.#pending, value);
  }
}

function endOfHeaders(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(CR, from); at !== -1; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) {
      return at;
    }
  }
  return -1;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
