import { dirname, join } from 'node:path';
import type { SystemCall } from './trace.ts';

const SYNCS: ReadonlySet<string> = new Set(['fsync', 'fdatasync']);
const WRITES: ReadonlySet<string> = new Set(['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg']);

/** The calls on the sockets of a port whose bytes begin so, as they were begun. */
export function answersOn(calls: readonly SystemCall[], port: number, begin: string): readonly SystemCall[] {
  return calls
    .filter(({ name, args }) => WRITES.has(name) && args.includes(`:${port}->`) && args.includes(`"${begin}`))
    .toSorted((a, b) => a.began - b.began);
}

/** An object that was written for an answer: its file was made before or after the answer to the one before. */
export interface WrittenObject {
  readonly path: string;
  readonly made: SystemCall | undefined;
  readonly writes: readonly SystemCall[];
}

/** Objects that bytes were written to before an answer, and after the one before. `since`: where that began; -1 where there was none. */
export function objectsFor(
  calls: readonly SystemCall[],
  data: string,
  answer: SystemCall,
  since: number,
): readonly WrittenObject[] {
  const before = calls.filter(({ ended }) => ended < answer.began);
  const objects = new Map<string, SystemCall[]>();
  for (const call of before.filter(({ name, began }) => WRITES.has(name) && began > since)) {
    const path = fileOf(call);
    if (path?.startsWith(join(data, 'objects')) === true && path.endsWith('.dcm')) {
      objects.set(path, [...(objects.get(path) ?? []), call]);
    }
  }
  return [...objects].map(([path, writes]) => ({ path, writes, made: before.find((call) => makes(call, path)) }));
}

/**
 * What was not safe when the answer was begun, in words. Safe is: the bytes of the object, with the envelope behind them, synced
 * (by the write itself, or after it); its folder, with each new one above it, after the file was made; and only then the index's log
 * written and synced. `since`: where the answer before this one began.
 */
export function unsafeAt(calls: readonly SystemCall[], data: string, answer: SystemCall, since = -1): readonly string[] {
  const before = calls.filter(({ ended }) => ended < answer.began);
  const objects = objectsFor(calls, data, answer, since);
  if (objects.length === 0) {
    return ['no object was written'];
  }
  const problems: string[] = [];
  let safe = 0;
  for (const object of objects) {
    const at = safeSince(before, object);
    if (typeof at === 'string') {
      problems.push(at);
    } else {
      safe = Math.max(safe, at);
    }
  }
  const above = new Set(objects.flatMap(({ path }) => [dirname(dirname(path)), dirname(dirname(dirname(path)))]));
  problems.push(...[...above].filter((one) => !before.some((call) => syncs(call, one))).map((one) => `${one} was not synced`));
  const after = before.filter(({ began }) => began > since);
  return [...problems, ...logProblems(after, join(data, 'index', 'index.db-wal'), safe)];
}

/** When the object would survive a power cut, or why it would not. */
function safeSince(before: readonly SystemCall[], { path, made, writes }: WrittenObject): number | string {
  if (made === undefined) {
    return `nobody saw ${path} being made`;
  }
  const name = before.find((call) => syncs(call, dirname(path)) && call.began > made.ended);
  if (name === undefined) {
    return `the folder of ${path} was not synced after the file was made`;
  }
  const written = Math.max(...writes.map(({ ended }) => ended));
  const bytes = isSyncedByWrites(made) ? written : before.find((call) => syncs(call, path) && call.began > written)?.ended;
  return bytes === undefined ? `the bytes of ${path} were not synced` : Math.max(bytes, name.ended);
}

/** `calls`: between the answer before and this one. `safe`: when the object would survive a power cut. */
function logProblems(calls: readonly SystemCall[], log: string, safe: number): readonly string[] {
  const written = calls.filter((call) => WRITES.has(call.name) && fileOf(call) === log);
  const last = written.at(-1);
  if (last === undefined || written.some(({ began }) => began < safe)) {
    return ['the index did not commit between the object and the answer'];
  }
  return calls.some((call) => syncs(call, log) && call.began > last.ended)
    ? []
    : ['the log of the index was not synced after the last write to it'];
}

/** Whether each write to the file a call made is on disk when it returns. */
export function isSyncedByWrites({ args }: SystemCall): boolean {
  return /\bO_D?SYNC\b/.test(args);
}

function makes({ name, args }: SystemCall, path: string): boolean {
  return name.startsWith('open') && args.includes('O_CREAT') && /"([^"]*)"/.exec(args)?.[1] === path;
}

function syncs(call: SystemCall, path: string): boolean {
  return SYNCS.has(call.name) && fileOf(call) === path;
}

/** What the descriptor is that a call was given first. */
function fileOf({ args }: SystemCall): string | undefined {
  return /^\d+<([^>]*)>/.exec(args)?.[1];
}
