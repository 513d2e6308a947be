import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskWork } from './machine.ts';

/** The disk counts as quiet when it did next to nothing for so long; after the longest wait the line begins all the same. */
const QUIET_DISK_MS = 1000;
const QUIET_DISK_REQUESTS = 5;
const SETTLE_MS = 30_000;
/** An ext4 without a journal steps over each inode that was freed in the last minute before it gives a new one: nobody's file may cost that. */
const FREED_INODES_MS = 65_000;

/** What was written before must not be written during the next line, nor what was removed be given back to the disk. */
export async function settleDisk(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    spawn('sync', { stdio: 'ignore' })
      .once('error', reject)
      .once('close', () => resolve());
  });
  const until = performance.now() + SETTLE_MS;
  for (let before = diskWork(); performance.now() < until; ) {
    await sleep(QUIET_DISK_MS, undefined, { signal });
    const now = diskWork();
    if (now.ended - before.ended <= QUIET_DISK_REQUESTS && now.underWay === 0) {
      return;
    }
    before = now;
  }
}

/** Before a server begins on a disk from which what another kept was removed. */
export async function restAfterRemoval(signal: AbortSignal): Promise<void> {
  await settleDisk(signal);
  await sleep(FREED_INODES_MS, undefined, { signal });
}
