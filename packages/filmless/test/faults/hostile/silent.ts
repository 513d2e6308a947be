import { connect, type Socket } from 'node:net';
import { ADMIN_TOKEN, type Product } from '../../support/product.ts';
import { loopbackAddress } from './dicom-peer.ts';
import {
  APPLICATION_CONTEXT,
  associateHead,
  associateRq,
  CONTEXT,
  echoRq,
  FLAG,
  pData,
  proposedContext,
  VERIFICATION,
} from './pdus.ts';

/** A connection that says something or nothing, and then waits for the other side to tire of it. */
export class SilentClient implements Disposable {
  readonly socket: Socket;
  /** Resolves when the other side has closed it, with all it had said, Latin-1. */
  readonly ended: Promise<string>;
  readonly #connected: Promise<boolean>;

  constructor(port: number, localAddress: string, words: Uint8Array | string = '') {
    this.socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
    const { socket } = this;
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
    });
    // A connection that is not taken is what some of these come to.
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => socket.once('close', () => resolve(heard)));
    this.#connected = new Promise((resolve) => {
      socket.once('connect', () => {
        if (words.length > 0) {
          socket.write(words);
        }
        resolve(true);
      });
      socket.once('close', () => resolve(false));
    });
  }

  get connected(): Promise<boolean> {
    return this.#connected;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Many of them, let go of together. */
export class Crowd implements Disposable {
  readonly clients: readonly SilentClient[];

  /** `addresses`: from how many machines they come. */
  constructor(port: number, count: number, addresses: number, words: Uint8Array | string = '') {
    this.clients = Array.from(
      { length: count },
      (_, number) => new SilentClient(port, loopbackAddress(100_000 + (number % addresses)), words),
    );
  }

  async connected(): Promise<void> {
    await Promise.all(this.clients.map(({ connected }) => connected));
  }

  [Symbol.dispose](): void {
    for (const client of this.clients) {
      client[Symbol.dispose]();
    }
  }
}

const EXPECTED_LENGTH = 5000;

/** Ways to stop in the middle of the upper layer, and what their patience is. */
export const HALF_WAY: Readonly<Record<string, Uint8Array>> = {
  'says nothing': Buffer.alloc(0),
  'says half a header': associateRq().subarray(0, 4),
  'says half an A-ASSOCIATE-RQ': associateRq().subarray(0, 100),
  'names a length and says less': Buffer.concat([
    Buffer.from([1, 0, 0, 0, EXPECTED_LENGTH >>> 8, EXPECTED_LENGTH & 0xff]),
    associateHead('FILMLESS', 'SLOW'),
  ]),
};

/** The same within an association. */
export const HALF_WAY_ASSOCIATED: Readonly<Record<string, Uint8Array>> = {
  'stops within a P-DATA-TF': pData(CONTEXT.verification, FLAG.command | FLAG.last, echoRq(1)).subarray(0, 40),
  'stops within a command set': pData(CONTEXT.verification, FLAG.command, echoRq(1)),
};

/** Requests that never end. */
export const SLOW_REQUESTS: Readonly<Record<string, string>> = {
  'says nothing': '',
  'says half a request line': 'GET /heal',
  'says half its headers': 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nx: y\r\n',
};

/** A body that comes in a trickle, which a slow line does too: it may take hours, but nobody waits for it. */
export const SLOW_BODY: string = [
  'POST /dicom-web/studies HTTP/1.1',
  'Host: 127.0.0.1',
  `Authorization: Bearer ${ADMIN_TOKEN}`,
  'Content-Type: multipart/related; type="application/dicom"; boundary=part',
  'Content-Length: 100000000',
  '',
  '--part\r\ncontent-type: application/dicom\r\n\r\n',
].join('\r\n');

/** Asks for answers, as many as it may, and reads none of them: the other side must not keep what nobody takes. */
export function neverReading(product: Product, from: string, path: string, requests: number): SilentClient {
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n\r\n`;
  const client = new SilentClient(Number(new URL(product.url).port), from, request.repeat(requests));
  client.socket.pause();
  return client;
}

/** An association that asks for C-ECHO again and again and takes no answer. */
export function neverHearing(product: Product, from: string, echoes: number): SilentClient {
  const context = proposedContext(CONTEXT.verification, VERIFICATION, '1.2.840.10008.1.2');
  const associate = Buffer.concat([associateHead('FILMLESS', 'DEAF'), APPLICATION_CONTEXT, context]);
  const head = Buffer.from([1, 0, 0, 0, associate.byteLength >>> 8, associate.byteLength & 0xff]);
  const echo = pData(CONTEXT.verification, FLAG.command | FLAG.last, echoRq(1));
  const client = new SilentClient(
    product.dicomPort,
    from,
    Buffer.concat([head, associate, ...Array.from({ length: echoes }, () => echo)]),
  );
  client.socket.pause();
  return client;
}
