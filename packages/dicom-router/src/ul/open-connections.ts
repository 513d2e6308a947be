import type { Socket } from 'node:net';
import type { RouterLimits } from '../limits.ts';
import type { Connection } from './connection.ts';

/** A connection that is open. */
export interface Caller {
  readonly id: string;
  readonly address: string;
  /** None while it still does the TLS handshake. */
  connection: Connection | undefined;
  /** It is an association: nothing else may take its place. */
  working: boolean;
  /** Why it was closed here. */
  closedFor?: string;
}

/** An address with fewer connections than this may take the place of one that only waits. */
const FEW_CONNECTIONS = 2;

/** The connections of all ports, in the order they came; who may have another, and whose place it takes. */
export class OpenConnections {
  readonly #limits: Pick<RouterLimits, 'associations' | 'associationsPerAddress'>;
  readonly #open = new Map<Socket, Caller>();

  constructor(limits: Pick<RouterLimits, 'associations' | 'associationsPerAddress'>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  add(socket: Socket, caller: Caller): void {
    this.#open.set(socket, caller);
  }

  delete(socket: Socket): void {
    this.#open.delete(socket);
  }

  /** At the end: nobody is waited for, a handshake least of all. */
  hurry(lastWordsMs: number): void {
    for (const [socket, { connection }] of this.#open) {
      if (connection === undefined) {
        socket.destroy();
      } else {
        connection.hurry(lastWordsMs);
      }
    }
  }

  /**
   * Whether an address may have another connection, from the moment it connects: a silent one takes a place too. Else why not, to be
   * told once in a while; an empty text where that is not the address's own doing.
   * NOTE: connections over the limits of associations are still told why, up to as many again; more are closed without a word.
   */
  refusal(address: string): string | undefined {
    const { associations, associationsPerAddress } = this.#limits;
    const same = [...this.#open.values()].filter((other) => other.address === address).length;
    if (same < 2 * associationsPerAddress) {
      return this.#open.size < 2 * associations || this.#makeRoom(address, same) ? undefined : '';
    }
    return `${same} connections from ${address} are open, the limit for one address: further ones are closed`;
  }

  /**
   * Closes a connection without an association: the newest of the address that has most, if it has more than the newcomer; else the
   * oldest of all, for who wants something asks for it at once; but not for an address that has connections already.
   */
  #makeRoom(newcomer: string, same: number): boolean {
    let most: readonly (readonly [Socket, Caller])[] = [];
    for (const group of Map.groupBy(this.#open, ([, { address }]) => address).values()) {
      most = group.length > most.length && group.some(([, { working }]) => !working) ? group : most;
    }
    const crowded = most.length > same + 1;
    const left = crowded
      ? most.findLast(([, { working }]) => !working)
      : [...this.#open].find(([, { working }]) => !working && same < FEW_CONNECTIONS);
    if (left === undefined) {
      return false;
    }
    const [socket, caller] = left;
    const why = crowded ? `${most.length} connections from ${caller.address} were open` : 'it had asked for nothing for longest';
    caller.closedFor = `closed to make room for ${newcomer}: ${why}`;
    this.#open.delete(socket);
    socket.destroy();
    return true;
  }
}
