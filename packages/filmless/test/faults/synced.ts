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
 * What was not safe when the answer was begun, in words. Safe is: the bytes of object and envelope synced, then their names
 * given, then the folder with the names synced with each new one above it, and only then the index's log written and synced.
 */
export function unsafeAt(calls: readonly SystemCall[], data: string, answer: SystemCall): readonly string[] {
  const before = calls.filter(({ ended }) => ended < answer.began);
  const problems: string[] = [];
  const object = named(before, (path) => path.startsWith(join(data, 'objects')) && path.endsWith('.dcm'));
  const envelope = named(before, (path) => path.startsWith(join(data, 'objects')) && path.endsWith('.json'));
  if (object === undefined || envelope === undefined) {
    return [`no ${object === undefined ? 'object' : 'envelope'} was given its name`];
  }
  for (const { call, from, to } of [object, envelope]) {
    const names = earlierNames(before, from);
    if (!before.some((sync) => isSync(sync, (path) => names.has(path)) && sync.ended < call.began)) {
      problems.push(`the bytes of ${to} were not synced before it was named`);
    }
    if (!before.some((sync) => isSync(sync, (path) => path === dirname(to)) && sync.began > call.ended)) {
      problems.push(`the folder of ${to} was not synced after it was named`);
    }
  }
  const folder = dirname(object.to);
  for (const above of [dirname(folder), dirname(dirname(folder))]) {
    if (!before.some((sync) => isSync(sync, (path) => path === above))) {
      problems.push(`the folder ${above} was not synced`);
    }
  }
  return [...problems, ...logProblems(before, join(data, 'index', 'index.db-wal'), folder)];
}

function logProblems(before: readonly SystemCall[], log: string, folder: string): readonly string[] {
  const folderSafe = Math.max(-1, ...before.filter((sync) => isSync(sync, (path) => path === folder)).map(({ ended }) => ended));
  const written = before.filter(({ name, args }) => name === 'pwrite64' && args.includes(`<${log}>`));
  const last = written.at(-1);
  if (last === undefined || written.some(({ began }) => began < folderSafe)) {
    return ['the index did not commit between the folder and the answer'];
  }
  const synced = before.some((sync) => isSync(sync, (path) => path === log) && sync.began > last.ended);
  return synced ? [] : ['the log of the index was not synced after the last write to it'];
}

interface Named {
  readonly call: SystemCall;
  readonly from: string;
  readonly to: string;
}

/** The call that gave a file its name, and the name it had before. */
function named(calls: readonly SystemCall[], isIt: (path: string) => boolean): Named | undefined {
  for (const call of calls) {
    const [from, to] = call.name.startsWith('link') || call.name.startsWith('rename') ? pathsOf(call.args) : [];
    if (from !== undefined && to !== undefined && isIt(to)) {
      return { call, from, to };
    }
  }
  return undefined;
}

function pathsOf(args: string): readonly string[] {
  return [...args.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
}

function earlierNames(calls: readonly SystemCall[], name: string): ReadonlySet<string> {
  const names = new Set([name]);
  for (let at: string | undefined = name; at !== undefined; ) {
    const current: string = at;
    at = named(calls, (path) => path === current)?.from;
    if (at !== undefined) {
      names.add(at);
    }
  }
  return names;
}

function isSync({ name, args }: SystemCall, of: (path: string) => boolean): boolean {
  return SYNCS.has(name) && of(/<(.*)>/s.exec(args)?.[1] ?? '');
}
