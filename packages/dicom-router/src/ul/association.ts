import { RouterError } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { OutgoingFragment } from './fragments.ts';
import { encodePData, PDU_HEADER_BYTES, PDV_HEADER_BYTES } from './pdu/encode.ts';
import type { Fragment, UserInformation } from './pdu/model.ts';

/** A presentation context both sides agreed on. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
  /** What the one that asked for the association may be in this context. */
  readonly roles: Roles;
  /** The service class application information as answered, where it was negotiated. PS3.7 D.3.3.5. */
  readonly extended?: Uint8Array;
}

/** A presentation context that was proposed and refused. */
export interface RefusedContext {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
  /** PS3.8 9.3.3.2. */
  readonly result: number;
}

/** What the association's requestor may be; user and not provider unless something else was negotiated. PS3.7 D.3.3.4. */
export interface Roles {
  readonly scu: boolean;
  readonly scp: boolean;
}

export const DEFAULT_ROLES: Roles = { scu: true, scp: false };

/** Operations that may be open at a time: those we ask for, and those the peer asks for. PS3.7 D.3.3.3. */
export interface OperationsWindow {
  readonly ours: number;
  readonly theirs: number;
}

/** Who is at the other end. */
export interface Peer {
  readonly callingAe: string;
  readonly calledAe: string;
  readonly address: string;
  readonly implementationClassUid: string;
  readonly implementationVersionName?: string;
  /** Over TLS. */
  readonly secure: boolean;
  /** Subject of the certificate that the peer has shown, if that was verified. */
  readonly certificate?: string;
  /** Who uses the peer, as far as the policy believed it. */
  readonly user?: PeerUser;
}

/** A person or account at the other end. PS3.7 D.3.3.7. */
export interface PeerUser {
  readonly name: string;
  /** The product has made sure of it; else it is only said. */
  readonly verified: boolean;
}

/** An established association, as the messages above it see it. */
export interface Association {
  /** What the log calls it. */
  readonly id: string;
  readonly peer: Peer;
  /** Which side we are. */
  readonly role: 'requestor' | 'acceptor';
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  /** What was proposed beside them. */
  readonly refused: readonly RefusedContext[];
  readonly window: OperationsWindow;
  /** Longest fragment the peer takes, an even number. */
  readonly maxFragmentBytes: number;
  /** Nothing more comes or goes, whoever ended it. The memory of a fragment that was read last may then be used again. */
  readonly isOver: boolean;
  /**
   * The next fragment; undefined when the peer asks to release. Fragments not read hold the peer back.
   * @throws RouterError `aborted`, `closed`, `timeout`, `invalid-pdu`, `protocol`; the association is over then
   */
  read(patienceMs: number): Promise<Fragment | undefined>;
  /** The read under way waits so long from now on; Infinity is for ever. */
  patience(patienceMs: number): void;
  /** Has the read under way throw `interrupted`; nothing is lost, and the association goes on. */
  interrupt(): void;
  /**
   * Sends fragments of at most `maxFragmentBytes`, together; resolves when the system has taken them: their memory may be used again
   * then. It may not when this fails.
   */
  write(fragments: readonly OutgoingFragment[]): Promise<void>;
  /**
   * Called when the peer has begun to say something and the rest is waited for; undefined ends that. Some peers, DCMTK's among them,
   * write a PDU in two steps, and their system sends the second once ours acknowledges the first: 40 ms later, but at once
   * together with something that we send. RFC 896, RFC 1122 4.2.3.2.
   */
  whenBegun(listener: (() => void) | undefined): void;
  /** Ends in order, from whichever side; resolves when the connection is closed. */
  release(): Promise<void>;
  abort(): void;
}

/** What was agreed on when the association was made. */
export interface Agreement {
  readonly peer: Peer;
  readonly role: Association['role'];
  readonly contexts: readonly AcceptedContext[];
  readonly refused: readonly RefusedContext[];
  readonly window: OperationsWindow;
  readonly maxFragmentBytes: number;
  /** Asked before each write of so many bytes. */
  readonly pace?: Pace | undefined;
}

/** Undefined when it may be written at once; else resolves when it may. */
export type Pace = (bytes: number) => Promise<void> | undefined;

export class SocketAssociation implements Association {
  readonly id: string;
  readonly peer: Peer;
  readonly role: Association['role'];
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  /** What was proposed beside them. */
  readonly refused: readonly RefusedContext[];
  readonly window: OperationsWindow;
  readonly maxFragmentBytes: number;
  readonly #connection: Connection;
  readonly #responseMs: number;
  readonly #pace: Pace | undefined;

  constructor(id: string, connection: Connection, agreement: Agreement, responseMs: number) {
    this.id = id;
    this.#connection = connection;
    this.peer = agreement.peer;
    this.role = agreement.role;
    this.contexts = new Map(agreement.contexts.map((context) => [context.id, context]));
    this.refused = agreement.refused;
    this.window = agreement.window;
    this.maxFragmentBytes = agreement.maxFragmentBytes;
    this.#responseMs = responseMs;
    this.#pace = agreement.pace;
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
      case 'interrupted':
        throw new RouterError('interrupted', 'nobody waits for the peer any more');
      case 'released':
      case 'associate':
      case 'accepted':
      case 'rejected':
        throw new RouterError('protocol', `the association is over (${indication.kind})`);
    }
  }

  patience(patienceMs: number): void {
    this.#connection.patience(patienceMs);
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  async write(fragments: readonly OutgoingFragment[]): Promise<void> {
    let ready: OutgoingFragment[] = [];
    for (const fragment of fragments) {
      const paced = this.#pace?.(fragment.parts.reduce((sum, part) => sum + part.byteLength, 0));
      if (paced !== undefined) {
        if (ready.length > 0) {
          await this.#connection.sendData(encodePData(ready));
          ready = [];
        }
        await paced;
      }
      ready.push(fragment);
    }
    if (ready.length > 0) {
      await this.#connection.sendData(encodePData(ready));
    }
  }

  whenBegun(listener: (() => void) | undefined): void {
    this.#connection.whenBegun = listener;
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
