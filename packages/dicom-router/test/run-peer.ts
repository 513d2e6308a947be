import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

export const PYTHON: string = process.env.FILMLESS_PYTHON ?? 'python3';

export const PEERS: string = join(import.meta.dirname, 'interop', 'peers');

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], input = ''): Promise<Ran> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

/** A server in a process of its own, killed at the end. */
export interface PeerServer extends AsyncDisposable {
  readonly port: number;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const ANSWERS_WITHIN_MS = 20_000;

/** Waits until something listens on the port. */
export async function listening(port: number): Promise<void> {
  for (const until = Date.now() + ANSWERS_WITHIN_MS; ; await new Promise((resolve) => setTimeout(resolve, 30))) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
    });
    if (open) {
      return;
    }
    if (Date.now() > until) {
      throw new Error(`nothing listens on port ${port}`);
    }
  }
}

/** Starts a server that listens on the port it is told; `ready` finds out whether it does. */
export async function startPeer(
  program: string,
  args: (port: number) => readonly string[],
  ready: (child: ChildProcess, port: number) => Promise<void>,
): Promise<PeerServer> {
  const port = await freePort();
  const child = spawn(program, args(port), { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // A peer that ends before it is ready (another took its port meanwhile) is not waited for.
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`${program} ended with ${code ?? signal} before it was ready`)));
  });
  const end = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  try {
    await Promise.race([ready(child, port), ended]);
  } catch (error) {
    await end();
    throw error;
  }
  return { port, [Symbol.asyncDispose]: end };
}
