import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One system call: where in the trace it began and where it returned. */
export interface SystemCall {
  readonly name: string;
  /** The arguments as strace writes them, file descriptors with what they are, bytes as Latin-1. */
  readonly args: string;
  readonly began: number;
  readonly ended: number;
}

const WATCHED = 'open,openat,fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg';
const ATTACH_MS = 30_000;

/** Watches a running process with all its threads while `work` runs. */
export async function traced(processId: number, work: () => Promise<void>): Promise<readonly SystemCall[]> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-trace-'));
  const output = join(folder, 'trace');
  const args = ['-f', '-p', String(processId), '-yy', '-xx', '-s', '16', '-e', `trace=${WATCHED}`, '-o', output];
  const strace = spawn('/usr/bin/strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => strace.once('exit', resolve));
  try {
    await attached(strace.stderr, ended);
    await work();
    strace.kill('SIGINT');
    await ended;
    return parseTrace(await readFile(output, 'utf8'));
  } finally {
    strace.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  }
}

function attached(messages: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`strace did not attach: ${text}`)), ATTACH_MS);
    messages.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('attached')) {
        clearTimeout(timer);
        resolve();
      }
    });
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error(`strace ended: ${text}`));
    });
  });
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+)/;
const BEGUN = /^(\d+) +(\w+)\((.*?) +<unfinished \.\.\.>$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)/;

/** The calls that succeeded, in the order in which they returned. Threads interleave: a call may be split over two lines. */
export function parseTrace(text: string): readonly SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<string, { readonly args: string; readonly began: number }>();
  for (const [at, line] of text.split('\n').entries()) {
    const [, thread = '', name = '', args = '', result = ''] = WHOLE.exec(line) ?? RESUMED.exec(line) ?? [];
    const begun = BEGUN.exec(line);
    if (begun !== null) {
      open.set(begun[1] ?? '', { args: begun[3] ?? '', began: at });
    } else if (name !== '') {
      const first = line.includes(' resumed>') ? open.get(thread) : undefined;
      if (Number(result) >= 0) {
        calls.push({ name, args: readable((first?.args ?? '') + args), began: first?.began ?? at, ended: at });
      }
    }
  }
  return calls;
}

/** `-xx` writes paths and bytes as `\x2f\x64…`, so that no byte can look like the end of a line or a string. */
function readable(args: string): string {
  return args.replace(/(?:\\x[0-9a-f]{2})+/g, (escaped) => Buffer.from(escaped.replaceAll('\\x', ''), 'hex').toString('latin1'));
}
