import { RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';
import { FragmentCutter } from '../ul/fragments.ts';
import type { Fragment } from '../ul/pdu/model.ts';
import { type CommandSet, decodeCommand, encodeCommand, NO_DATA_SET } from './command-set.ts';

export type MessageLimits = Pick<
  RouterLimits,
  | 'commandBytes'
  | 'responseDataSetBytes'
  | 'heldResponses'
  | 'afterwards'
  | 'idleMs'
  | 'stallMs'
  | 'responseMs'
  | 'slowestBytesPerSecond'
>;

/** A command that arrived; its data set, when it has one, must be read to the end before the next message. */
export interface Message {
  readonly context: AcceptedContext;
  readonly command: CommandSet;
  readonly dataSet: DataSetStream | undefined;
}

/** The fragments of one data set, read once. Leaving a loop over it early does not end it: `drain` reads on. */
export interface DataSetStream extends AsyncIterable<Uint8Array> {
  next(): Promise<IteratorResult<Uint8Array, void>>;
  /** When its last byte was read, by `performance.now`. */
  readonly endedAt: number | undefined;
  /** Its reader was told that it is whole: the association may be read on. */
  readonly isRead: boolean;
}

/** A command set needs one, a few where fragments are short; each costs more than its bytes. */
const MAX_COMMAND_FRAGMENTS = 1000;

/**
 * Assembles the command set of the message that begins with `first`.
 * @param ended told when the data set was read to its end
 * @throws RouterError what `Association.read` throws, `invalid-command`, `limit-exceeded`; the association is aborted then
 */
export async function readMessage(
  association: Association,
  limits: MessageLimits,
  first: Fragment,
  ended?: () => void,
): Promise<Message> {
  const { contextId } = first;
  const command = await readCommand(association, limits, first);
  return assemble(association, contextId, command, limits, ended);
}

/** The bytes of the command set that begins with `first`. */
async function readCommand(association: Association, limits: MessageLimits, first: Fragment): Promise<Uint8Array> {
  if (first.command && first.last && first.bytes.byteLength <= limits.commandBytes) {
    return first.bytes;
  }
  const began = performance.now();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let count = 1, fragment: Fragment | undefined = first; ; count += 1) {
    if (fragment === undefined) {
      throw refuse(association, 'protocol', 'the peer asked for release in the middle of a command');
    }
    if (!fragment.command || fragment.contextId !== first.contextId) {
      throw refuse(association, 'protocol', 'a data set fragment came where a command was expected');
    }
    bytes += fragment.bytes.byteLength;
    if (bytes > limits.commandBytes || count > MAX_COMMAND_FRAGMENTS) {
      throw refuse(
        association,
        'limit-exceeded',
        `the command set is longer than ${limits.commandBytes} bytes or in too many pieces`,
      );
    }
    // NOTE: a copy, because a fragment would hold the chunk it came in.
    parts.push(new Uint8Array(fragment.bytes));
    if (fragment.last) {
      return Buffer.concat(parts, bytes);
    }
    if (performance.now() - began > limits.stallMs) {
      throw refuse(association, 'limit-exceeded', `the command set trickles in: ${bytes} bytes in ${limits.stallMs / 1000} s`);
    }
    fragment = await association.read(limits.stallMs);
  }
}

function assemble(
  association: Association,
  contextId: number,
  bytes: Uint8Array,
  limits: MessageLimits,
  ended: (() => void) | undefined,
): Message {
  const context = association.contexts.get(contextId);
  if (context === undefined) {
    throw refuse(association, 'protocol', `presentation context ${contextId} was not accepted`);
  }
  try {
    const command = decodeCommand(bytes);
    const hasDataSet = command.CommandDataSetType !== NO_DATA_SET;
    const dataSet = hasDataSet ? new DataSetFragments(association, contextId, limits, ended) : undefined;
    return { context, command, dataSet };
  } catch (error) {
    association.abort();
    throw error;
  }
}

/** NOTE: it has no `return` method, so that a loop that is left early does not end it. */
class DataSetFragments implements DataSetStream {
  readonly #association: Association;
  readonly #contextId: number;
  readonly #limits: MessageLimits;
  readonly #ended: (() => void) | undefined;
  readonly #began = performance.now();
  #bytes = 0;
  #open = true;
  endedAt: number | undefined;
  isRead = false;

  constructor(association: Association, contextId: number, limits: MessageLimits, ended: (() => void) | undefined) {
    this.#association = association;
    this.#contextId = contextId;
    this.#limits = limits;
    this.#ended = ended;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, void>> {
    if (!this.#open && !this.isRead) {
      // NOTE: an abort here has the connection read on, into the memory of the last piece while that was being taken.
      if (this.#association.isOver) {
        throw new RouterError('closed', 'the association was ended here while the end of a data set was being taken');
      }
      this.#tellEnd();
    }
    while (this.#open) {
      const { bytes, last } = this.#checked(await this.#association.read(this.#limits.stallMs));
      if (last) {
        this.#open = false;
        this.endedAt = performance.now();
      }
      if (bytes.byteLength > 0) {
        return { done: false, value: bytes };
      }
      if (last) {
        this.#tellEnd();
      }
    }
    return { done: true, value: undefined };
  }

  /** NOTE: not before the last piece was taken: reading on has its memory used again. */
  #tellEnd(): void {
    this.isRead = true;
    this.#ended?.();
  }

  #checked(fragment: Fragment | undefined): Fragment {
    if (fragment === undefined) {
      throw this.#refuse('protocol', 'the peer asked for release in the middle of a data set');
    }
    if (fragment.command || fragment.contextId !== this.#contextId) {
      throw this.#refuse('protocol', 'a fragment of another message came in the middle of a data set');
    }
    this.#bytes += fragment.bytes.byteLength;
    const ms = performance.now() - this.#began;
    const { stallMs, slowestBytesPerSecond } = this.#limits;
    if (ms > stallMs && this.#bytes < (ms / 1000) * slowestBytesPerSecond) {
      throw this.#refuse('limit-exceeded', `the data set trickles in: ${this.#bytes} bytes in ${Math.round(ms / 1000)} s`);
    }
    return fragment;
  }

  #refuse(code: 'protocol' | 'limit-exceeded', message: string): RouterError {
    this.#open = false;
    return refuse(this.#association, code, message);
  }
}

function refuse(association: Association, code: 'protocol' | 'limit-exceeded', message: string): RouterError {
  association.abort();
  return new RouterError(code, message);
}

/** Reads what is left of a data set and lets it go. */
export async function drain(dataSet: DataSetStream | undefined): Promise<void> {
  if (dataSet !== undefined && !dataSet.isRead) {
    for await (const _ of dataSet) {
      // Only the end matters.
    }
  }
}

/** How much of a data set that is too long is read before the peer is given up, in multiples of what is allowed. */
const PATIENT_FACTOR = 4;

/**
 * A data set whole: an identifier, a procedure step, a commitment request. What is too long is read to its end, so that it can be
 * answered; what does not end is not.
 * @throws RouterError `too-long`: the association goes on; `limit-exceeded` and what ends an association
 */
export async function readWhole(dataSet: DataSetStream, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of dataSet) {
    bytes += piece.byteLength;
    if (bytes > PATIENT_FACTOR * maxBytes) {
      throw new RouterError('limit-exceeded', `a data set of more than ${bytes} bytes comes where ${maxBytes} are possible`);
    }
    if (bytes > maxBytes) {
      parts.length = 0;
    } else {
      // NOTE: a copy, because the memory of a piece is read into again.
      parts.push(new Uint8Array(piece));
    }
  }
  if (bytes > maxBytes) {
    throw new RouterError('too-long', `the data set has ${bytes} bytes, ${maxBytes} are possible`);
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, bytes);
}

/** Bytes of a data set on their way out. */
export interface OutgoingPiece {
  readonly bytes: Uint8Array;
  /** Nothing follows. Where that is not known, an end without bytes says so. */
  readonly last: boolean;
}

/** A data set on its way out: whole, or in pieces. The memory of a piece may be used again once the next is asked for. */
export type OutgoingDataSet = Uint8Array | AsyncIterable<OutgoingPiece>;

/** Sends a message; its data set flows in pieces, the first together with the command set. Of that `from` bytes went out before. */
export async function writeMessage(
  association: Association,
  contextId: number,
  command: CommandSet,
  dataSet?: OutgoingDataSet,
  from = 0,
): Promise<void> {
  const { maxFragmentBytes } = association;
  const commandBytes = encodeCommand(command).subarray(from);
  let begun = new FragmentCutter(contextId, true, maxFragmentBytes).cut(commandBytes, true);
  if (dataSet === undefined) {
    await association.write(begun);
    return;
  }
  const cutter = new FragmentCutter(contextId, false, maxFragmentBytes);
  if (dataSet instanceof Uint8Array) {
    await association.write([...begun, ...cutter.cut(dataSet, true)]);
    return;
  }
  let ended = false;
  for await (const { bytes, last } of dataSet) {
    await association.write([...begun, ...cutter.cut(bytes, last)]);
    begun = [];
    ended = last;
  }
  if (!ended) {
    await association.write([...begun, ...cutter.cut(new Uint8Array(0), true)]);
  }
}

/** A message that need not flow. */
export interface WholeMessage {
  readonly command: CommandSet;
  readonly dataSet?: Uint8Array | undefined;
}

/** Sends messages together. */
export async function writeMessages(
  association: Association,
  contextId: number,
  messages: readonly WholeMessage[],
): Promise<void> {
  const { maxFragmentBytes } = association;
  const cut = (bytes: Uint8Array, isCommand: boolean) =>
    new FragmentCutter(contextId, isCommand, maxFragmentBytes).cut(bytes, true);
  await association.write(
    messages.flatMap(({ command, dataSet }) => [
      ...cut(encodeCommand(command), true),
      ...(dataSet === undefined ? [] : cut(dataSet, false)),
    ]),
  );
}
