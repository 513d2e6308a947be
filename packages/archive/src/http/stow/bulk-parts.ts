import { type ByteSource, type Part, parseContentType, type ReceivedObject } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { HttpContext } from '../context.ts';

/** Parts of one request beside its metadata: each may be a file until the request was read. A cine of 10,000 frames is one such. */
const MAX_PARTS = 10_000;
/** Bytes of all of them: the longest instance there may be, twice. */
const MAX_BYTES = 8 * 1024 ** 3;
/** Bytes read at a time from what was received. */
const READ_BYTES = 1024 * 1024;
/** References are compared as addresses; relative ones are relative to the same. */
const BASE = 'http://bulk.invalid/';

/** One part of bulk data, received whole. */
export interface BulkBytes {
  /** Media type in lower case, without parameters. */
  readonly type: string;
  /** Transfer syntax it is said to be in. PS3.18 8.7.3.5.2. */
  readonly transferSyntax: string | undefined;
  readonly source: ByteSource;
}

/** The bulk data of one request: received part by part, found by the address that metadata refers to it by. */
export class BulkParts implements AsyncDisposable {
  readonly #context: HttpContext;
  readonly #stack = new AsyncDisposableStack();
  readonly #parts = new Map<string, BulkBytes[]>();
  #count = 0;
  #bytes = 0;
  #referred = 0;

  constructor(context: HttpContext) {
    this.#context = context;
  }

  /** @throws ArchiveError `limit-exceeded`, `store-full`, `store-away`, `invalid-request` without Content-Location */
  async take(part: Part): Promise<void> {
    const location = part.headers.get('content-location') ?? '';
    if (location === '') {
      throw new ArchiveError('invalid-request', 'A part of bulk data needs a Content-Location, by which metadata refers to it.');
    }
    const { type, parameters } = parseContentType(part.headers.get('content-type') ?? 'application/octet-stream');
    const { reception } = this.#context.core;
    if (!(await reception.hasRoom('bulk'))) {
      throw new ArchiveError('store-full', 'the disk is nearly full; what is left is kept for emergencies: free some space');
    }
    this.#count += 1;
    const received: ReceivedObject = await this.#context.core.receive(part.body);
    this.#stack.defer(() => reception.release(received, 'failure'));
    this.#bytes += received.size;
    if (this.#count > MAX_PARTS || this.#bytes > MAX_BYTES) {
      throw new ArchiveError(
        'limit-exceeded',
        `One request may have ${MAX_PARTS} parts of bulk data, and ${MAX_BYTES} bytes of them.`,
      );
    }
    const source = this.#stack.use(await reception.open(received));
    const key = addressOf(location);
    const known = this.#parts.get(key) ?? [];
    this.#parts.set(key, [...known, { type: type.toLowerCase(), transferSyntax: parameters['transfer-syntax'], source }]);
  }

  /** The parts at an address: several are the frames of one image, in their order. */
  find(uri: string): readonly BulkBytes[] {
    return this.#parts.get(addressOf(uri)) ?? [];
  }

  /**
   * The parts at an address, to be written into an object: each time they are, they count, as what is written would otherwise have no bound.
   * @throws ArchiveError `limit-exceeded`
   */
  use(uri: string): readonly BulkBytes[] {
    const found = this.find(uri);
    this.#referred += found.reduce((sum, { source }) => sum + source.size, 0);
    if (this.#referred > MAX_BYTES) {
      throw new ArchiveError(
        'limit-exceeded',
        `The instances of one request may refer to ${MAX_BYTES} bytes of bulk data, each reference counted: send several requests.`,
      );
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function addressOf(uri: string): string {
  const trimmed = uri.trim();
  return URL.canParse(trimmed, BASE) ? new URL(trimmed, BASE).href : trimmed;
}

/** Bytes of a source, some at a time. */
export async function* piecesOf(source: ByteSource, from = 0): AsyncGenerator<Uint8Array, void> {
  for (let at = from; at < source.size; at += READ_BYTES) {
    yield await source.read(at, Math.min(READ_BYTES, source.size - at));
  }
}
