import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Where a run keeps its files, and what ends it early. */
export interface Place {
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Runs one of our Python programs to its end and gives what it printed. Stopped, and an error, after `timeoutMs` or by the signal. */
export function runPython(name: string, args: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<string> {
  const program = process.env.FILMLESS_PYTHON ?? 'python3';
  const child = spawn(program, ['-u', join(import.meta.dirname, 'python', name), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  return new Promise((resolve, reject) => {
    let [out, err] = ['', ''];
    const timer = setTimeout(() => child.kill('SIGTERM'), timeoutMs);
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) {
        resolve(out);
      } else {
        reject(new Error(`${name} ended with ${code ?? signal} (at most ${timeoutMs} ms): ${err.trim()}`));
      }
    });
  });
}

const STOP_MS = 30_000;

/** Asks a child of ours to end; insists when it does not. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}

/** Parent and resident bytes of a process, from the text of /proc/PID/status. */
export function parseStatus(text: string): { readonly parent: number; readonly residentBytes: number } {
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { parent: field('PPid'), residentBytes: field('VmRSS') * 1024 };
}

/** A process and all below it. */
export function treeOf(root: number, parents: ReadonlyMap<number, number>): readonly number[] {
  const children = [...parents].filter(([pid, parent]) => parent === root && pid !== root).map(([pid]) => pid);
  return [root, ...children.flatMap((child) => treeOf(child, parents))];
}

/** Resident memory of one process; 0 when it ended. */
export function residentOf(pid: number): number {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8')).residentBytes;
  } catch {
    return 0;
  }
}

/** Resident memory of a process and all below it, added up. */
export function residentBytes(root: number): number {
  const all = new Map<number, ReturnType<typeof parseStatus>>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      all.set(Number(name), parseStatus(readFileSync(`/proc/${name}/status`, 'utf8')));
    } catch {
      // It ended while we were looking.
    }
  }
  const tree = treeOf(root, new Map([...all].map(([pid, { parent }]) => [pid, parent])));
  return tree.reduce((sum, pid) => sum + (all.get(pid)?.residentBytes ?? 0), 0);
}
