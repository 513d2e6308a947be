import { dirname, join } from 'node:path';
import type { SystemCall } from './trace.ts';

const SYNCS: ReadonlySet<string> = new Set(['fsync', 'fdatasync']);
const WRITES: ReadonlySet<string> = new Set(['write', 'writev', 'sendto', 'sendmsg']);

/** The first call on the socket of a port whose bytes begin so. */
export function answerOn(calls: readonly SystemCall[], port: number, begin: string): SystemCall | undefined {
  return calls
    .filter(({ name, args }) => WRITES.has(name) && args.includes(`:${port}->`) && args.includes(`"${begin}`))
    .sort((a, b) => a.began - b.began)[0];
}

/**
 * What was not safe when the answer was begun, in words. Safe is: the bytes of the object, with the envelope behind them, synced,
 * and its folder with each new one above it after it was made; and only then the index's log written and synced.
 */
export function unsafeAt(calls: readonly SystemCall[], data: string, answer: SystemCall): readonly string[] {
  const before = calls.filter(({ ended }) => ended < answer.began);
  const made = created(before, (path) => path.startsWith(join(data, 'objects')) && path.endsWith('.dcm'));
  if (made === undefined) {
    return ['no object was made'];
  }
  const { call, path } = made;
  const folder = dirname(path);
  const written = Math.max(call.ended, ...before.filter((write) => isWrite(write, path)).map(({ ended }) => ended));
  const bytes = before.find((sync) => isSync(sync, (synced) => synced === path) && sync.began > written);
  const name = before.find((sync) => isSync(sync, (synced) => synced === folder) && sync.began > call.ended);
  const above = [dirname(folder), dirname(dirname(folder))].filter(
    (one) => !before.some((sync) => isSync(sync, (synced) => synced === one)),
  );
  if (bytes === undefined || name === undefined) {
    return [`${bytes === undefined ? 'the bytes' : 'the folder'} of ${path} were not synced after they were written`];
  }
  return [
    ...above.map((one) => `the folder ${one} was not synced`),
    ...logProblems(before, join(data, 'index', 'index.db-wal'), Math.max(bytes.ended, name.ended)),
  ];
}

/** `objectSafe`: when the object would survive a power cut. */
function logProblems(before: readonly SystemCall[], log: string, objectSafe: number): readonly string[] {
  const written = before.filter(({ name, args }) => name === 'pwrite64' && args.includes(`<${log}>`));
  const last = written.at(-1);
  if (last === undefined || written.some(({ began }) => began < objectSafe)) {
    return ['the index did not commit between the object and the answer'];
  }
  const synced = before.some((sync) => isSync(sync, (path) => path === log) && sync.began > last.ended);
  return synced ? [] : ['the log of the index was not synced after the last write to it'];
}

interface Created {
  readonly call: SystemCall;
  readonly path: string;
}

/** The call that made a file. */
function created(calls: readonly SystemCall[], isIt: (path: string) => boolean): Created | undefined {
  for (const call of calls) {
    const path = call.name.startsWith('open') && call.args.includes('O_CREAT') ? /"([^"]*)"/.exec(call.args)?.[1] : undefined;
    if (path !== undefined && isIt(path)) {
      return { call, path };
    }
  }
  return undefined;
}

function isWrite({ name, args }: SystemCall, path: string): boolean {
  return (WRITES.has(name) || name.startsWith('pwrite')) && args.includes(`<${path}>`);
}

function isSync({ name, args }: SystemCall, of: (path: string) => boolean): boolean {
  return SYNCS.has(name) && of(/<(.*)>/s.exec(args)?.[1] ?? '');
}
