// needs: dcmtk, orthanc, mount
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ShapedLine } from '../../../dicom-router/test/shaped-line.ts';
import { keptFiles, killed, makeReceiver, type ReceiverKind } from '../faults/forward/receivers.ts';
import {
  feed,
  hurry,
  hurryUntilDone,
  otherPixels,
  overview,
  pixelDigest,
  problems,
  sendEverythingTo,
} from '../faults/forward/sending.ts';
import { smallInstance } from '../faults/instances.ts';
import { startProduct } from '../support/product.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { freePort, listening } from '../support/storescp.ts';

const SIDE = 500;
/** Slow enough that a disk can be filled in the middle. */
const BYTES_PER_SECOND = 2_000_000;
const DONE_MS = 60_000;
const DAY_MS = 86_400_000;

/** One that goes in pieces, by `/api/uploads`. */
const LARGE_SIDE = 3000;

/** The number 7 of eight is deflated, which not every receiver takes. The last may be large. */
const images = (seed: string, count: number, lastSide = SIDE) =>
  Array.from({ length: count }, (_, number) => {
    const side = number === count - 1 ? lastSide : SIDE;
    return { ...smallInstance(seed, number * 8, side), side };
  });

const digests = (made: ReturnType<typeof images>) =>
  new Map(made.map(({ sop, file, side }) => [sop, pixelDigest(file, side * side)]));

describe('a receiver whose disk is full', () => {
  it.each<[string, ReceiverKind, number]>([
    // It keeps a GiB of its disk for its databases, and sends bulk away before that is touched.
    ['another Filmless', 'filmless', 1200],
    ['Orthanc, by STOW-RS', 'orthanc-stow', 24],
    ['Orthanc, by C-STORE', 'orthanc-dimse', 24],
  ])('gets all once it has room again, each once: %s', async (_, kind, megabytes) => {
    await using disk = await SmallDisk.mount(megabytes);
    await using receiver = await makeReceiver(kind, disk.folder);
    await using line = await ShapedLine.open({ target: await receiver.start(), bytesPerSecond: BYTES_PER_SECOND });
    await using sender = await startProduct();
    await sendEverythingTo(sender, await receiver.destination(line.port));
    const made = images(`full ${kind}`, 30, kind === 'filmless' ? LARGE_SIDE : SIDE);
    expect(await feed(sender, made.slice(0, 5))).toEqual([]);
    await expect.poll(async () => (await overview(sender)).done, { timeout: 20_000 }).toBeGreaterThan(0);
    const feeding = feed(sender, made.slice(5));
    await disk.fill();
    expect(await feeding).toEqual([]);
    await expect.poll(() => problems(sender), { timeout: 20_000 }).not.toEqual([]);
    for (let press = 0; press < 3; press += 1) {
      await hurry(sender);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const stuck = await overview(sender);
    expect(stuck).toMatchObject({ aside: 0 });
    expect(stuck.done).toBeLessThan(made.length);
    await disk.makeRoom();
    expect(await hurryUntilDone(sender, made.length, DONE_MS)).toMatchObject({
      done: made.length,
      queued: 0,
      aside: 0,
      problem: null,
    });
    expect((await receiver.instances()).toSorted()).toEqual(made.map(({ sop }) => sop).toSorted());
    expect(await otherPixels(receiver.files(), digests(made))).toEqual([]);
    expect(await receiver.leftovers()).toEqual([]);
  });
});

/** DCMTK's receiver on a port that stays, with other manners each time. */
class Moody implements AsyncDisposable {
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  async be(...manners: readonly string[]): Promise<void> {
    await this.#end();
    const args = ['--bit-preserving', '--accept-all', '--promiscuous', ...manners, '-od', this.#folder, String(this.#port)];
    this.#child = spawn('/usr/bin/storescp', args, { stdio: 'ignore' });
    await listening(this.#port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #end(): Promise<void> {
    if (this.#child !== undefined) {
      await killed(this.#child);
    }
  }
}

/** A server whose clock is ahead. */
const later = (ms: number) => {
  const script = `const D=Date;globalThis.Date=class extends D{constructor(...a){super(...(a.length?a:[D.now()+${ms}]))}static now(){return D.now()+${ms}}}`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
};

const bytesBelow = async (folder: string) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (file) => (await stat(file)).size))).reduce((sum, size) => sum + size, 0);
};

describe('a receiver that', () => {
  it('refuses, breaks off in the middle and is slow gets each image once it takes them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-moody-'));
    const port = await freePort();
    {
      await using receiver = new Moody(folder, port);
      await using sender = await startProduct();
      await sendEverythingTo(sender, { kind: 'dicom', aeTitle: 'STORESCP', host: '127.0.0.1', port });
      await receiver.be('--refuse');
      const made = images('moody', 6);
      expect(await feed(sender, made)).toEqual([]);
      const problem = async () => (await overview(sender)).problem;
      await expect.poll(problem, { timeout: 20_000 }).toMatch(/refus|reject/i);
      await receiver.be('--abort-during');
      await hurry(sender);
      await expect.poll(problem, { timeout: 20_000 }).not.toMatch(/refus|reject/i);
      await receiver.be('--abort-after');
      await hurry(sender);
      expect(await overview(sender)).toMatchObject({ done: 0, aside: 0 });
      await receiver.be('--sleep-after', '1');
      expect(await hurryUntilDone(sender, 2, DONE_MS)).toMatchObject({ aside: 0 });
      await receiver.be();
      expect(await hurryUntilDone(sender, made.length, DONE_MS)).toMatchObject({
        done: made.length,
        queued: 0,
        aside: 0,
        problem: null,
      });
      expect(await readdir(folder)).toHaveLength(made.length);
      expect(await otherPixels(keptFiles(folder), digests(made))).toEqual([]);
    }
    await rm(folder, { recursive: true });
  });

  it('is gone for three days, through kills of the sender, finds all of it waiting, in no more room than the images take', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-days-'));
    const data = join(folder, 'data');
    const port = await freePort();
    const made = images('days', 20);
    const sized: number[] = [];
    for (let day = 0; day < 3; day += 1) {
      const sender = await startProduct({ data, environment: later(day * DAY_MS) });
      if (day === 0) {
        await sendEverythingTo(sender, { kind: 'dicom', aeTitle: 'STORESCP', host: '127.0.0.1', port });
        expect(await feed(sender, made)).toEqual([]);
      }
      await expect.poll(async () => (await overview(sender)).problem, { timeout: 20_000 }).toContain('cannot be reached');
      expect(await overview(sender)).toMatchObject({ done: 0, aside: 0 });
      await killed(sender.process);
      await sender[Symbol.asyncDispose]();
      sized.push(await bytesBelow(data));
    }
    const kept = join(folder, 'kept');
    await mkdir(kept);
    {
      await using receiver = new Moody(kept, port);
      await receiver.be();
      await using sender = await startProduct({ data, environment: later(3 * DAY_MS) });
      await expect.poll(async () => (await overview(sender)).done, { timeout: 60_000 }).toBe(made.length);
      expect(await overview(sender)).toMatchObject({ queued: 0, sending: 0, aside: 0, problem: null });
    }
    expect(await readdir(kept)).toHaveLength(made.length);
    expect(await otherPixels(keptFiles(kept), digests(made))).toEqual([]);
    // What a day of trying leaves behind is no more than some rows.
    expect((sized.at(-1) ?? 0) - (sized[0] ?? 0)).toBeLessThan(1_000_000);
    await rm(folder, { recursive: true });
  });
});
