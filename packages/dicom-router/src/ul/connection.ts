import type { Socket } from 'node:net';
import { messageOf, RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import { ByteQueue } from './byte-queue.ts';
import { artimFault, endFault, silenceFault, versionFault } from './connection-faults.ts';
import { type Circumstances, step } from './machine.ts';
import { Pace } from './pace.ts';
import { encodePdu } from './pdu/encode.ts';
import type { AssociateAc, AssociateRj, AssociateRq, ControlPdu, Fragment } from './pdu/model.ts';
import { type Incoming, PduParser } from './pdu/pdu-parser.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';
import type { Effect, Event, State } from './state-table.ts';

/** What the upper layer tells its user. PS3.8 7. */
export type Indication =
  | { readonly kind: 'associate'; readonly pdu: AssociateRq }
  | { readonly kind: 'accepted'; readonly pdu: AssociateAc }
  | { readonly kind: 'rejected'; readonly pdu: AssociateRj }
  | { readonly kind: 'data'; readonly fragment: Fragment }
  | { readonly kind: 'release' }
  | { readonly kind: 'released' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'aborted'; readonly error: RouterError };

export type ConnectionLimits = Pick<
  RouterLimits,
  'associateBytes' | 'receivedPduBytes' | 'readAheadBytes' | 'artimMs' | 'stallMs' | 'responseMs'
>;

const PDU_EVENTS: Readonly<Record<ControlPdu['type'], Event>> = {
  'associate-rq': 'associateArrived',
  'associate-ac': 'acceptArrived',
  'associate-rj': 'rejectArrived',
  'release-rq': 'releaseArrived',
  'release-rp': 'releaseResponseArrived',
  abort: 'abortArrived',
};

/** PS3.8 9.3.8: the provider's reasons. */
const ABORT_REASON = { notSpecified: 0, unrecognizedPdu: 1, unexpectedPdu: 2, invalidParameter: 6 } as const;
/** Rejection by the provider (ACSE): protocol version not supported. PS3.8 9.3.4. */
const PROTOCOL_VERSION_NOT_SUPPORTED: AssociateRj = { type: 'associate-rj', result: 1, source: 2, reason: 2 };

/** A socket walked through PS3.8 table 9-10: bytes in, indications out. */
export class Connection {
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  readonly #role: Circumstances['role'];
  readonly #queue: ByteQueue;
  readonly #parser: PduParser;
  readonly #pace = new Pace();
  #state: State = 'Sta1';
  #artim: NodeJS.Timeout | undefined;
  #abortReason: number = ABORT_REASON.notSpecified;
  #fault: RouterError | undefined;
  /** Set once the product is stopping. */
  #lastWordsMs: number | undefined;
  #patienceMs = 0;
  #interrupted = false;
  /** Ends the wait of a writer whose bytes the system has taken. NOTE: 'drain' tells of long writes only. */
  #emptied: (() => void) | undefined;
  readonly #taken = (): void => {
    if (this.#socket.writableLength === 0) {
      this.#emptied?.();
    }
  };
  /** Ends the wait of a writer whose peer takes no bytes. */
  #interrupt: (() => void) | undefined;
  /** Called when the rest of a P-DATA-TF that has begun is waited for. */
  whenBegun: (() => void) | undefined;
  /** Resolves once the socket is closed and everything is let go. */
  readonly closed: Promise<void>;

  /** `socket` is connected; `buffer` is what it reads into, if there is one. */
  constructor(socket: Socket, role: Circumstances['role'], limits: ConnectionLimits, buffer?: ReceiveBuffer) {
    this.#socket = socket;
    this.#limits = limits;
    this.#role = role;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    this.#queue = new ByteQueue(socket, limits.readAheadBytes, buffer);
    this.#parser = new PduParser(limits);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', (error) => {
      this.#fault ??= new RouterError('closed', `the connection broke: ${error.message}`, { cause: error });
    });
    socket.once('close', () => clearTimeout(this.#artim));
    if (role === 'acceptor') {
      this.#fire('transportIndicated');
    } else {
      this.#fire('associateRequested');
    }
  }

  get state(): State {
    return this.#state;
  }

  /** Sends a PDU of the local user; `event` is its primitive. @throws RouterError `protocol` when illegal now */
  send(event: Event, pdu: ControlPdu): void {
    this.#fire(event, { send: encodePdu(pdu) });
  }

  /** Sends P-DATA-TF PDUs, in one write where the peer takes as much; resolves when the system has taken them. */
  async sendData(pieces: readonly Uint8Array[]): Promise<void> {
    this.#fire('dataRequested');
    for (let left = pieces; left.length > 0; ) {
      const [portion, bytes, rest] = this.#pace.portion(left);
      const began = performance.now();
      if (!this.#socket.writable || this.#isOver()) {
        throw this.#gone();
      }
      this.#writeTogether(portion);
      if (this.#socket.writableLength > 0) {
        await this.#drained();
      }
      this.#pace.took(bytes, performance.now() - began);
      left = rest;
    }
  }

  /** A-ABORT by the user; who reads or writes is told at once. Does nothing once the association is over. */
  abort(): void {
    if (step(this.#state, 'abortRequested', { role: this.#role, acceptable: true }) !== undefined) {
      this.#fault ??= new RouterError('closed', 'the association was aborted here');
      this.#fire('abortRequested');
    }
  }

  /** Closes without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * From now on nobody waits for the peer, neither to ask for an association nor to close: it is closed on, as soon as the
   * association is over. What was said last may be on its way for `lastWordsMs`.
   */
  hurry(lastWordsMs: number): void {
    this.#lastWordsMs ??= lastWordsMs;
    if (this.#state === 'Sta2' || this.#isOver()) {
      this.#leave(lastWordsMs);
    }
  }

  #leave(lastWordsMs: number): void {
    this.#socket.destroySoon();
    const timer = setTimeout(() => this.#socket.destroy(), lastWordsMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  /** What is waited for may take so long from now on. */
  patience(patienceMs: number): void {
    this.#patienceMs = patienceMs;
    this.#queue.patience(patienceMs);
  }

  /** Who waits for what comes next waits no longer; nothing is lost. */
  interrupt(): void {
    this.#interrupted = true;
    this.#queue.interrupt();
  }

  /** What comes next. Silence of `patienceMs` aborts the association; Infinity is for ever. */
  async next(patienceMs: number): Promise<Indication> {
    this.#patienceMs = patienceMs;
    this.#interrupted = false;
    while (!this.#isOver()) {
      const incoming = this.#parse();
      if (incoming instanceof RouterError) {
        return this.#invalid(incoming);
      }
      if (incoming?.kind === 'fragment') {
        return { kind: 'data', fragment: incoming.fragment };
      }
      if (incoming !== undefined) {
        const indication = this.#arrived(incoming);
        if (indication !== undefined) {
          return indication;
        }
        continue;
      }
      if (this.#parser.isWithinData) {
        this.whenBegun?.();
      }
      const chunk = await this.#queue.next(this.#patienceMs);
      if (Buffer.isBuffer(chunk)) {
        this.#parser.push(chunk);
      } else if (chunk.end === 'timeout') {
        return this.#interrupted ? { kind: 'interrupted' } : this.#silent();
      } else if (!this.#isOver()) {
        return this.#transportClosed();
      }
    }
    return { kind: 'aborted', error: this.#gone() };
  }

  /** Only the close is awaited. */
  #isOver(): boolean {
    return this.#state === 'Sta13';
  }

  #parse(): Incoming | RouterError | undefined {
    if (this.#state === 'Sta1') {
      return undefined;
    }
    try {
      return this.#parser.next();
    } catch (error) {
      return error instanceof RouterError ? error : new RouterError('invalid-pdu', messageOf(error), { cause: error });
    }
  }

  #arrived(incoming: Exclude<Incoming, { kind: 'fragment' }>): Indication | undefined {
    this.#abortReason = ABORT_REASON.unexpectedPdu;
    if (incoming.kind === 'p-data') {
      return this.#fire('dataArrived', { name: 'P-DATA-TF' });
    }
    return this.#fire(PDU_EVENTS[incoming.pdu.type], { pdu: incoming.pdu, name: incoming.pdu.type });
  }

  #invalid(error: RouterError): Indication {
    this.#abortReason = error.message.startsWith('PDU type') ? ABORT_REASON.unrecognizedPdu : ABORT_REASON.invalidParameter;
    this.#fire('invalidArrived', { name: 'an invalid PDU' });
    return { kind: 'aborted', error };
  }

  #silent(): Indication {
    this.abort();
    return { kind: 'aborted', error: silenceFault(this.#patienceMs) };
  }

  #transportClosed(): Indication {
    const error = this.#gone();
    this.#fire('transportClosed');
    this.#socket.destroy();
    return { kind: 'aborted', error };
  }

  /** Walks one cell of the table. */
  #fire(event: Event, context: FireContext = {}): Indication | undefined {
    const { pdu } = context;
    const acceptable = pdu?.type !== 'associate-rq' || (pdu.protocolVersion & 1) === 1;
    const transition = step(this.#state, event, { role: this.#role, acceptable });
    if (transition === undefined) {
      if (event === 'transportClosed' || event === 'artimExpired') {
        return undefined;
      }
      throw this.#fault ?? new RouterError('protocol', `${event} is not possible in ${this.#state}: the association is over`);
    }
    const before = this.#state;
    this.#state = transition.next;
    let indication: Indication | undefined;
    for (const effect of transition.effects) {
      indication = this.#perform(effect, context, before) ?? indication;
    }
    if (transition.next === 'Sta13') {
      this.#queue.discard();
      this.#interrupt?.();
      if (this.#role === 'requestor') {
        // Nobody waits for the peer to close; it must not keep the process alive.
        this.#socket.unref();
        this.#artim?.unref();
      }
      if (this.#lastWordsMs !== undefined) {
        this.#leave(this.#lastWordsMs);
      }
    }
    return indication;
  }

  #perform(effect: Effect, context: FireContext, before: State): Indication | undefined {
    switch (effect) {
      case 'connect':
        return undefined;
      case 'send':
        return this.#write(context.send);
      case 'sendAbortUser':
        if (context.name !== undefined) {
          this.#fault ??= endFault(context, before);
        }
        return this.#write(encodePdu({ type: 'abort', source: 0, reason: 0 }));
      case 'sendAbortProvider':
        return this.#write(encodePdu({ type: 'abort', source: 2, reason: this.#abortReason }));
      case 'sendRejectProvider':
        return this.#write(encodePdu(PROTOCOL_VERSION_NOT_SUPPORTED)) ?? versionRefused();
      case 'startArtim':
        clearTimeout(this.#artim);
        this.#artim = setTimeout(() => this.#artimExpired(), this.#limits.artimMs);
        return undefined;
      case 'stopArtim':
        clearTimeout(this.#artim);
        return undefined;
      case 'close':
        this.#socket.end();
        this.#socket.destroySoon();
        return undefined;
      case 'indicateClosed':
      case 'indicateData':
        return undefined;
      case 'indicateRelease':
        return { kind: 'release' };
      case 'confirmRelease':
        return { kind: 'released' };
      case 'indicateAbort':
        return { kind: 'aborted', error: endFault(context, before) };
      case 'indicateAssociate':
      case 'confirmAccept':
      case 'confirmReject':
        return pduIndication(context.pdu);
    }
  }

  #write(bytes: Buffer | undefined): undefined {
    if (bytes !== undefined && this.#socket.writable) {
      this.#socket.write(bytes);
    }
  }

  /** In one write to the system. */
  #writeTogether(pieces: readonly Uint8Array[]): void {
    const [only] = pieces;
    if (only !== undefined && pieces.length === 1) {
      this.#socket.write(only, this.#taken);
      return;
    }
    this.#socket.cork();
    for (const piece of pieces) {
      this.#socket.write(piece, this.#taken);
    }
    this.#socket.uncork();
  }

  #gone(): RouterError {
    return this.#fault ?? new RouterError('closed', 'the peer closed the connection');
  }

  #artimExpired(): void {
    this.#fault ??= artimFault(this.#limits.artimMs);
    this.#fire('artimExpired');
    this.#socket.destroy();
  }

  /** Resolves when the system has taken all that was written. */
  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fault ??= new RouterError('timeout', `the peer took no bytes for ${this.#limits.stallMs / 1000} s`);
        this.#socket.destroy();
      }, this.#limits.stallMs);
      const settle = () => {
        clearTimeout(timer);
        this.#socket.off('close', settle);
        this.#emptied = undefined;
        this.#interrupt = undefined;
        if (this.#socket.destroyed || this.#isOver()) {
          reject(this.#gone());
        } else {
          resolve();
        }
      };
      this.#emptied = settle;
      this.#socket.once('close', settle);
      this.#interrupt = settle;
    });
  }
}

interface FireContext {
  readonly send?: Buffer;
  readonly pdu?: ControlPdu;
  readonly name?: string;
}

function versionRefused(): Indication {
  return { kind: 'aborted', error: versionFault() };
}

function pduIndication(pdu: ControlPdu | undefined): Indication | undefined {
  switch (pdu?.type) {
    case 'associate-rq':
      return { kind: 'associate', pdu };
    case 'associate-ac':
      return { kind: 'accepted', pdu };
    case 'associate-rj':
      return { kind: 'rejected', pdu };
    case 'release-rq':
    case 'release-rp':
    case 'abort':
    case undefined:
      return undefined;
  }
}
