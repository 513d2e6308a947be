import { readFileSync, statSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

interface ProcessorTime {
  /** Clock ticks all processors were busy. */
  readonly busy: number;
  /** Ticks that passed. */
  readonly total: number;
  /** Ticks of ours and of all our children that ended. */
  readonly ours: number;
}

/** Busy and passed ticks of all processors, from the text of /proc/stat. Waiting for the disk is not busy. */
export function parseProcessorTime(text: string): { readonly busy: number; readonly total: number } {
  const fields = (/^cpu +(.+)$/m.exec(text)?.[1] ?? '').split(' ').map(Number).slice(0, 8);
  const total = fields.reduce((sum, ticks) => sum + ticks, 0);
  return { busy: total - (fields[3] ?? 0) - (fields[4] ?? 0), total };
}

/** User and system ticks of a process and its ended children, from the text of /proc/PID/stat. proc(5). */
export function parseOwnTime(text: string): number {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
}

export function processorTime(): ProcessorTime {
  return {
    ...parseProcessorTime(readFileSync('/proc/stat', 'utf8')),
    ours: parseOwnTime(readFileSync('/proc/self/stat', 'utf8')),
  };
}

/** Share of the processors between two moments that went to others. Our children of that time must have ended. */
export function othersShare(before: ProcessorTime, after: ProcessorTime): number {
  const others = after.busy - before.busy - (after.ours - before.ours);
  return Math.max(0, others) / Math.max(1, after.total - before.total);
}

/** The load average of the last minute. */
export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}

/** What all disks did so far, written, read and discarded, from the text of /proc/diskstats: requests that ended, and those under way. */
export function parseDiskWork(text: string): { readonly ended: number; readonly underWay: number } {
  const work = { ended: 0, underWay: 0 };
  for (const line of text.trim().split('\n')) {
    const fields = line.trim().split(/\s+/).slice(3).map(Number);
    const [reads = 0, , , , writes = 0, , , , underWay = 0, , , discards = 0] = fields;
    work.ended += reads + writes + discards;
    work.underWay += underWay;
  }
  return work;
}

export function diskWork(): { readonly ended: number; readonly underWay: number } {
  return parseDiskWork(readFileSync('/proc/diskstats', 'utf8'));
}

/** Kind of disk and file system that hold a folder, in general words. */
function diskOf(folder: string): string {
  const { dev } = statSync(folder);
  const numbers = `${(dev >> 8) & 0xfff}:${dev & 0xff}`;
  const mount = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[2] === numbers);
  const [fileSystem = 'unknown', device = ''] = mount?.split(' - ')[1]?.split(' ') ?? [];
  const kind = device.startsWith('/dev/vd') ? 'virtual disk' : device.includes('nvme') ? 'NVMe disk' : 'disk';
  return `${kind}, ${fileSystem}`;
}

/** The machine in one sentence. */
export function describeMachine(folder: string): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} processors (${processor?.model.trim() ?? 'unknown'}), ${memory} GiB of memory, ${diskOf(folder)}`;
}
