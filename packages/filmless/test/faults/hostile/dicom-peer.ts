import { connect, type Socket } from 'node:net';

/** A PDU as it came. */
export interface HeardPdu {
  readonly type: number;
  readonly body: Buffer;
}

/** What a peer heard next: a PDU, that the other side closed, or nothing for too long. */
export type Heard = HeardPdu | 'closed' | 'silence';

/** A socket that says any bytes and cuts what it hears into PDUs. */
export class DicomPeer implements Disposable {
  readonly socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #closed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = this.#bytes.byteLength === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    });
    // What the other side did is told by the close that follows.
    socket.on('error', () => undefined);
    socket.on('end', () => this.#close());
    socket.on('close', () => this.#close());
  }

  /** `localAddress`: one of this machine's, to be another machine with. */
  static async connect(port: number, localAddress: string): Promise<DicomPeer> {
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
    const peer = new DicomPeer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return peer;
  }

  say(bytes: Uint8Array): void {
    if (this.socket.writable) {
      this.socket.write(bytes);
    }
  }

  /** Resolves when the other side has taken most of what was said, or is gone. */
  async room(): Promise<void> {
    const { socket } = this;
    if (!socket.writableNeedDrain) {
      return;
    }
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  }

  async hear(patienceMs: number): Promise<Heard> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const length = this.#bytes.byteLength < 6 ? undefined : this.#bytes.readUInt32BE(2);
      if (length !== undefined && this.#bytes.byteLength >= 6 + length) {
        const type = this.#bytes.readUInt8(0);
        const body = this.#bytes.subarray(6, 6 + length);
        this.#bytes = this.#bytes.subarray(6 + length);
        return { type, body };
      }
      if (this.#closed) {
        return 'closed';
      }
      const left = until - performance.now();
      if (left <= 0) {
        return 'silence';
      }
      await this.#change(left);
    }
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #change(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #close(): void {
    this.#closed = true;
    this.#wake?.();
  }
}

/** One of the 16 million addresses of loopback, so that a crowd is many machines. */
export function loopbackAddress(number: number): string {
  return `127.${1 + (Math.floor(number / 62_500) % 250)}.${1 + (Math.floor(number / 250) % 250)}.${1 + (number % 250)}`;
}

/** The first number of an element in a command set that answers. PS3.7 6.3.1. */
export function commandValue(commandSet: Buffer, element: number): number | undefined {
  for (let at = 0; at + 8 <= commandSet.byteLength; at += 8 + commandSet.readUInt32LE(at + 4)) {
    if (commandSet.readUInt16LE(at + 2) === element) {
      return commandSet.readUInt16LE(at + 8);
    }
  }
  return undefined;
}

/** The text of an element in a command set. */
export function commandTextOf(commandSet: Buffer, element: number): string | undefined {
  for (let at = 0; at + 8 <= commandSet.byteLength; at += 8 + commandSet.readUInt32LE(at + 4)) {
    if (commandSet.readUInt16LE(at + 2) === element) {
      return commandSet.toString('latin1', at + 8, at + 8 + commandSet.readUInt32LE(at + 4)).replace(/[\0 ]+$/, '');
    }
  }
  return undefined;
}
