import { RouterError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { PDU_HEADER_BYTES, PDV_HEADER_BYTES, pDataHeader } from './pdu/encode.ts';
import type { Fragment, UserInformation } from './pdu/model.ts';

/** A presentation context both sides agreed on. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

/** Who is at the other end. */
export interface Peer {
  readonly callingAe: string;
  readonly calledAe: string;
  readonly address: string;
  readonly implementationClassUid: string;
  readonly implementationVersionName?: string;
}

/** An established association, as the messages above it see it. */
export interface Association {
  /** What the log calls it. */
  readonly id: string;
  readonly peer: Peer;
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  /** Longest fragment the peer takes, an even number. */
  readonly maxFragmentBytes: number;
  /** Nothing more comes or goes, whoever ended it. The memory of a fragment that was read last may then be used again. */
  readonly isOver: boolean;
  /**
   * The next fragment; undefined when the peer asks to release. Fragments not read hold the peer back.
   * @throws RouterError `aborted`, `closed`, `timeout`, `invalid-pdu`, `protocol`; the association is over then
   */
  read(patienceMs: number): Promise<Fragment | undefined>;
  /** Sends one fragment of at most `maxFragmentBytes`; resolves when there is room for more. */
  write(contextId: number, command: boolean, last: boolean, parts: readonly Uint8Array[]): Promise<void>;
  /** Ends in order, from whichever side; resolves when the connection is closed. */
  release(): Promise<void>;
  abort(): void;
}

export class SocketAssociation implements Association {
  readonly id: string;
  readonly peer: Peer;
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly maxFragmentBytes: number;
  readonly #connection: Connection;
  readonly #responseMs: number;

  constructor(
    id: string,
    connection: Connection,
    peer: Peer,
    contexts: readonly AcceptedContext[],
    sizes: { maxFragmentBytes: number; responseMs: number },
  ) {
    this.id = id;
    this.#connection = connection;
    this.peer = peer;
    this.contexts = new Map(contexts.map((context) => [context.id, context]));
    this.maxFragmentBytes = sizes.maxFragmentBytes;
    this.#responseMs = sizes.responseMs;
  }

  get isOver(): boolean {
    return this.#connection.state === 'Sta13' || this.#connection.state === 'Sta1';
  }

  async read(patienceMs: number): Promise<Fragment | undefined> {
    const indication = await this.#connection.next(patienceMs);
    switch (indication.kind) {
      case 'data':
        if (!this.contexts.has(indication.fragment.contextId)) {
          this.abort();
          throw new RouterError('protocol', `P-DATA-TF: presentation context ${indication.fragment.contextId} was not accepted`);
        }
        return indication.fragment;
      case 'release':
        return undefined;
      case 'aborted':
        throw indication.error;
      case 'released':
      case 'associate':
      case 'accepted':
      case 'rejected':
        throw new RouterError('protocol', `the association is over (${indication.kind})`);
    }
  }

  async write(contextId: number, command: boolean, last: boolean, parts: readonly Uint8Array[]): Promise<void> {
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
    await this.#connection.sendData(pDataHeader(contextId, command, last, length), parts);
  }

  async release(): Promise<void> {
    if (this.#connection.state === 'Sta8') {
      this.#connection.send('releaseResponded', { type: 'release-rp' });
      await this.#connection.closed;
      return;
    }
    this.#connection.send('releaseRequested', { type: 'release-rq' });
    await this.#finishRelease();
    await this.#connection.closed;
  }

  abort(): void {
    this.#connection.abort();
  }

  /** Reads until the peer agrees; data on its way is let go, but not for ever, and both may have asked at once. PS3.8 7.2.2. */
  async #finishRelease(): Promise<void> {
    const until = performance.now() + this.#responseMs;
    for (;;) {
      const left = Math.ceil(until - performance.now());
      if (left <= 0) {
        this.abort();
        throw new RouterError('timeout', `the peer did not agree to release within ${this.#responseMs / 1000} s`);
      }
      const indication = await this.#connection.next(left);
      if (indication.kind === 'aborted') {
        throw indication.error;
      }
      if (indication.kind === 'release') {
        if (this.#connection.state === 'Sta9') {
          this.#connection.send('releaseResponded', { type: 'release-rp' });
        }
        continue;
      }
      if (indication.kind === 'released') {
        if (this.#connection.state === 'Sta12') {
          this.#connection.send('releaseResponded', { type: 'release-rp' });
        }
        return;
      }
    }
  }
}

/**
 * Longest fragment to send: the peer's maximum (0 is none), ours, less the PDV header, made even as fragments must be.
 * PS3.8 D.1.1, 9.3.5.1.
 * @throws RouterError `protocol` when not one fragment fits
 */
export function fragmentBytes(peer: UserInformation, pduBytes: number): number {
  const longest = peer.maxLength === 0 ? pduBytes : Math.min(peer.maxLength, pduBytes);
  const fragment = (longest - PDV_HEADER_BYTES) & ~1;
  if (fragment < PDU_HEADER_BYTES) {
    throw new RouterError('protocol', `user information: maximum length: ${peer.maxLength} leaves no room for a fragment`);
  }
  return fragment;
}
