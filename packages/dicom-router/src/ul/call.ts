import { connect as connectSocket, type Socket } from 'node:net';
import { RouterError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { RouterLimits } from '../limits.ts';
import { secureClient, type TlsClient } from './tls/tls-client.ts';

/** Who is called, and how. */
export interface Called {
  readonly host: string;
  readonly port: number;
  /** How it is called by TLS; in the clear without. */
  readonly tls?: TlsClient | undefined;
  readonly limits: RouterLimits;
  readonly signal?: AbortSignal;
}

/**
 * Opens the connection on which an association is asked for.
 * @throws RouterError `unreachable`, `untrusted`, `timeout`, `closed`
 */
export async function callPeer(called: Called): Promise<Socket> {
  const plain = await connect(called);
  const { host, port, tls, limits, signal } = called;
  return tls === undefined ? plain : await secureClient(plain, tls, { host, port, handshakeMs: limits.handshakeMs, signal });
}

function connect({ host, port, limits, signal }: Called): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new RouterError('unreachable', `${host}:${port} is not called: the product is stopping`));
      return;
    }
    const socket = connectSocket({ host, port, noDelay: true });
    const fail = (why: string, cause?: Error, finding?: Finding) => {
      socket.destroy();
      reject(new RouterError('unreachable', `${host}:${port} cannot be reached: ${why}`, { cause, finding }));
    };
    const seconds = limits.connectMs / 1000;
    const late: Finding = { cause: 'timeout-connect', facts: { seconds } };
    const timer = setTimeout(() => fail(`no answer within ${seconds} s`, undefined, late), limits.connectMs);
    const onAbort = () => fail('the product is stopping');
    const onError = (error: Error) => fail(error.message, error);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('close', settle);
    socket.once('connect', () => {
      settle();
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
