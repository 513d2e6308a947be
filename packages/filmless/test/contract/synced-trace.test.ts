import { describe, expect, it } from 'vitest';
import { answersOn, unsafeAt } from '../faults/synced.ts';
import { parseTrace } from '../faults/trace.ts';

const RUN = '/data/objects/r1abcdefgh';
const PART = `${RUN}/0000`;
const LOG = '/data/index/index.db-wal';
const ANSWER = '1 writev(30<TCP:[127.0.0.1:11112->127.0.0.1:40000]>, [{iov_base="\\x04\\x00", iov_len=2}], 1) = 2';

const open = (name: string, flags = 'O_WRONLY|O_CREAT|O_EXCL') =>
  `2 openat(AT_FDCWD, "${PART}/${name}.dcm", ${flags}, 0640) = 20`;
const ahead = (name: string) => open(name, 'O_WRONLY|O_CREAT|O_EXCL|O_DSYNC|O_CLOEXEC');
const write = (name: string) => `2 writev(20<${PART}/${name}.dcm>, [{iov_base="x", iov_len=1}], 1) = 1`;
const sync = (path: string, how = 'fsync') => `3 ${how}(21<${path}>) = 0`;
const folders = [sync(RUN), sync('/data/objects')];
const commit = [`4 pwrite64(22<${LOG}>, "x", 1, 0) = 1`, sync(LOG, 'fdatasync')];

const own = [...folders, open('a'), write('a'), sync(`${PART}/a.dcm`, 'fdatasync'), sync(PART), ...commit, ANSWER];
const stocked = [...own, ahead('b'), ahead('c'), sync(PART), write('b'), ...commit, ANSWER];

/** What is wrong with the last answer of a trace. */
function wrongIn(lines: readonly string[]): readonly string[] {
  const calls = parseTrace(lines.join('\n'));
  const [last, before] = answersOn(calls, 11112, '\u0004\u0000').toReversed();
  return last === undefined ? ['no answer'] : unsafeAt(calls, '/data', last, before?.began);
}

/** Without each line that is so. */
const without = (lines: readonly string[], is: (line: string) => boolean) => lines.filter((line) => !is(line));
/** With the last line that is so put elsewhere. */
function moved(lines: readonly string[], line: string, before: string): readonly string[] {
  const at = lines.lastIndexOf(line);
  const rest = lines.toSpliced(at, 1);
  return rest.toSpliced(rest.lastIndexOf(before), 0, line);
}

describe('a trace of storing', () => {
  it('is in order for an object with a file of its own, and for one in a file made ahead', () => {
    expect([wrongIn(own), wrongIn(stocked)]).toEqual([[], []]);
    const later = stocked.map((line) => line.replace('O_EXCL|O_DSYNC', 'O_EXCL'));
    const fdatasync = sync(`${PART}/b.dcm`, 'fdatasync');
    expect(wrongIn(later.toSpliced(later.lastIndexOf(write('b')) + 1, 0, fdatasync))).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['its bytes are not synced', without(own, (line) => line.includes('a.dcm>) ='))],
    ['its bytes are synced before they are written', moved(own, sync(`${PART}/a.dcm`, 'fdatasync'), write('a'))],
    ['its folder is not synced', without(own, (line) => line === sync(PART))],
    ['its folder is synced before the file is made', moved(own, sync(PART), open('a'))],
    ['the run is not synced', without(own, (line) => line === sync(RUN))],
    ['the folder of all is not synced', without(own, (line) => line === sync('/data/objects'))],
    ['the index does not commit', without(own, (line) => line.includes(LOG))],
    ['the log is not synced', without(own, (line) => line === sync(LOG, 'fdatasync'))],
    ['the index commits before the folder is synced', moved(own, sync(PART), ANSWER)],
    [
      'the log is synced after the answer',
      [...without(own, (line) => line === ANSWER).slice(0, -1), ANSWER, sync(LOG, 'fdatasync')],
    ],
    ['nothing is written', without(own, (line) => line === write('a'))],
    ['nobody sees the file made', without(own, (line) => line === open('a'))],
  ])('is found wrong when %s', (_, lines) => {
    expect(wrongIn(lines)).not.toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['writes to it do not sync', stocked.map((line) => line.replace('|O_DSYNC', ''))],
    ['its folder is not synced after it was made', without(stocked, (line) => line === sync(PART)).toSpliced(4, 0, sync(PART))],
    ['its folder is synced after the commit', moved(stocked, sync(PART), ANSWER)],
    ['the index commits before it is written', moved(stocked, commit[0] ?? '', write('b'))],
    ['the log is not synced again', stocked.toSpliced(stocked.lastIndexOf(commit[1] ?? ''), 1)],
    ['the index does not commit again', [...stocked.slice(0, -3), ANSWER]],
    ['the answer is for another object', stocked.toSpliced(stocked.lastIndexOf(write('b')), 1)],
  ])('is found wrong for an object in a file made ahead when %s', (_, lines) => {
    expect(wrongIn(lines)).not.toEqual([]);
  });
});
