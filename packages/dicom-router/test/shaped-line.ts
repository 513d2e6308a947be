import { connect, createServer, type Server, type Socket } from 'node:net';

export interface LineOptions {
  /** Port of loopback that is behind the line; may change. */
  readonly target: number;
  /** Each way; without end unless given. */
  readonly bytesPerSecond?: number;
  readonly roundTripMs?: number;
}

/** What a line holds before its sender is told to wait: as much as a router queues in so long. */
const QUEUED_MS = 100;
const CHUNK_BYTES = 16_384;

/** A line to a server on this machine: as slow and long as it is told, shared by all connections, and it can be cut. */
export class ShapedLine implements AsyncDisposable {
  readonly port: number;
  target: number;
  /** Told what leaves the line towards the server, piece by piece. */
  watch: ((bytes: Uint8Array) => void) | undefined;
  readonly #server: Server;
  readonly #options: LineOptions;
  readonly #sockets = new Set<Socket>();
  /** Until when each way is taken. */
  readonly #taken = { up: 0, down: 0 };
  #cut = false;

  private constructor(server: Server, port: number, options: LineOptions) {
    this.#server = server;
    this.port = port;
    this.target = options.target;
    this.#options = options;
    server.on('connection', (client) => this.#accept(client));
  }

  static async open(options: LineOptions): Promise<ShapedLine> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return new ShapedLine(server, typeof address === 'object' && address !== null ? address.port : 0, options);
  }

  /** All connections break, and further ones at once. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  mend(): void {
    this.#cut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#cut) {
      client.destroy();
      return;
    }
    const server = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    this.#pass(client, server, 'up', (bytes) => this.watch?.(bytes));
    this.#pass(server, client, 'down', () => undefined);
  }

  #pass(from: Socket, to: Socket, way: 'up' | 'down', passed: (bytes: Uint8Array) => void): void {
    this.#sockets.add(from);
    // NOTE: one after the other: timers of different lengths do not keep their order.
    let before: Promise<void> = Promise.resolve();
    const later = (waitMs: number, act: () => void) => {
      const at = performance.now() + waitMs;
      before = before.then(() => until(at)).then(act);
    };
    from.on('error', () => undefined);
    from.once('close', () => {
      this.#sockets.delete(from);
      later(this.#delayMs(), () => to.destroy());
    });
    from.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
        const piece = bytes.subarray(at, at + CHUNK_BYTES);
        later(this.#take(piece.byteLength, way), () => {
          to.write(piece);
          passed(piece);
        });
      }
      const queuedMs = this.#taken[way] - performance.now();
      if (queuedMs > QUEUED_MS) {
        from.pause();
        setTimeout(() => from.resume(), queuedMs - QUEUED_MS / 2);
      }
    });
    from.once('end', () => later(this.#take(0, way), () => to.end()));
  }

  /** How long from now until so many bytes are through. */
  #take(bytes: number, way: 'up' | 'down'): number {
    const { bytesPerSecond } = this.#options;
    const now = performance.now();
    const transmission = bytesPerSecond === undefined ? 0 : (bytes / bytesPerSecond) * 1000;
    this.#taken[way] = Math.max(now, this.#taken[way]) + transmission;
    return this.#taken[way] - now + this.#delayMs();
  }

  #delayMs(): number {
    return (this.#options.roundTripMs ?? 0) / 2;
  }
}

function until(at: number): Promise<void> {
  const ms = at - performance.now();
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
