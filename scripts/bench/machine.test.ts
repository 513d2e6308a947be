import { describe, expect, it } from 'vitest';
import { othersShare, parseDiskWork, parseOwnTime, parseProcessorTime } from './machine.ts';
import { parseStatus, treeOf } from './processes.ts';

describe('reading /proc', () => {
  it('counts neither idle time nor waiting for the disk as busy', () => {
    const text = 'cpu  100 5 50 800 30 1 4 10 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
    expect(parseProcessorTime(text)).toEqual({ busy: 170, total: 1000 });
  });

  it('adds up the time of a process and its children, whatever it is called', () => {
    expect(parseOwnTime('7 (a ) (b) S 1 7 7 0 -1 4194304 9 9 9 9 11 22 33 44 20 0 1 0 99\n')).toBe(110);
  });

  it('counts what disks did and do, discarding too', () => {
    const disk = (name: string, more: string) => ` 254 0 ${name} 10 1 80 5 20 2 160 7 3 9 12 ${more}\n`;
    expect(parseDiskWork(disk('vda', '4 0 32 1 6 2') + disk('vdb', '0 0 0 0 0 0'))).toEqual({ ended: 64, underWay: 6 });
  });

  it('gives to others what was busy and not ours', () => {
    expect(othersShare({ busy: 0, total: 0, ours: 0 }, { busy: 80, total: 200, ours: 60 })).toBe(0.1);
    expect(othersShare({ busy: 0, total: 0, ours: 0 }, { busy: 59, total: 200, ours: 60 })).toBe(0);
  });

  it('finds parent and resident memory; a kernel thread has none', () => {
    expect(parseStatus('Name:\tnode\nPPid:\t12\nVmRSS:\t    2048 kB\n')).toEqual({ parent: 12, residentBytes: 2_097_152 });
    expect(parseStatus('Name:\tkworker\nPPid:\t2\n')).toEqual({ parent: 2, residentBytes: 0 });
  });

  it('finds children and grandchildren, and nobody else', () => {
    const parents = new Map([
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 1],
    ]);
    expect(treeOf(2, parents)).toEqual([2, 3, 4]);
  });
});
