import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

/** DCMTK's receiver, keeping the bytes as they came. */
export interface StoreScp extends AsyncDisposable {
  readonly port: number;
}

export interface StoreScpOptions {
  /** A free one unless told. */
  readonly port?: number;
  /** File of association profiles of which it takes `Default` and nothing else. */
  readonly profiles?: string;
}

export async function startStoreScp(folder: string, options: StoreScpOptions = {}): Promise<StoreScp> {
  const { port = await freePort(), profiles } = options;
  const taken = profiles === undefined ? ['--accept-all', '--promiscuous'] : ['--config-file', profiles, 'Default'];
  const args = ['--bit-preserving', ...taken, '-pdu', '131072', '-od', folder, String(port)];
  const child = spawn('/usr/bin/storescp', args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await listening(port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A TCP port of loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Waits until something listens on the port. */
export async function listening(port: number, timeoutMs = 30_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) {
      return;
    }
    if (Date.now() > until) {
      throw new Error(`nothing listens on port ${port}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
