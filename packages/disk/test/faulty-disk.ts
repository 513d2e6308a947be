import { basename, dirname, join } from 'node:path';
import type { Disk, FileAhead, NewFile, OpenFile } from '../src/disk.ts';
import type { PlannedWrite } from '../src/planned-write.ts';
import { type Content, MemoryNames } from './memory-names.ts';
import { seeded } from './seeded.ts';

/** A step that something takes: one of the disk, or one of the test's own (`pass`). */
export interface DiskStep {
  readonly kind: string;
  readonly path: string;
}

/**
 * What happens at a step. `fails` (EIO) and `full` (ENOSPC) leave half of a write; `slow` lets others go first. The power is cut
 * before the step, in the middle of it, or when it is done and nobody was told.
 */
export type Fault = 'fails' | 'full' | 'slow' | 'cut-before' | 'cut-within' | 'cut-after';

export const CUTS: readonly Fault[] = ['cut-before', 'cut-within', 'cut-after'];

/** Thrown at the cut and by everything after it. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

const SLOW_MS = 5;
/** Bytes that reach a disk together. */
const SECTOR = 512;

/**
 * A disk in memory on which any step can go wrong, and which forgets at a power cut what was not synced: the bytes of files since
 * their last sync, and the names in folders since theirs. What exactly is left of it depends on a seed.
 */
export class FaultyDisk implements Disk {
  /** Steps since the disk was made or the list was emptied. */
  readonly steps: DiskStep[] = [];
  /** What happens at a step, by its number in `steps`. */
  plan: (step: DiskStep, number: number) => Fault | undefined = () => undefined;
  /** A sync that is said to be done and is not: what would be lost without it. */
  lies: (step: DiskStep) => boolean = () => false;
  free: number = 2 ** 40;
  /** False for a disk whose files have one name each. */
  canLink = true;
  readonly #names: MemoryNames;
  /** Files made ahead, by their descriptors. */
  readonly #ahead: Content[] = [];
  #isCut = false;

  constructor(names: MemoryNames = new MemoryNames()) {
    this.#names = names;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** The disk as it is found when the power comes back. */
  restarted(seed: number): FaultyDisk {
    const random = seeded(seed);
    // NOTE: three kinds of file system: one that keeps no name unsynced, one that keeps all, and one that keeps any of them.
    const kind = seed % 3;
    const names = this.#names.surviving(
      () => (kind === 0 ? false : kind === 1 ? true : random() < 0.5),
      (content) => afterCut(content, random),
    );
    const disk = new FaultyDisk(names);
    disk.free = this.free;
    disk.canLink = this.canLink;
    return disk;
  }

  /** Names of all files, with their bytes. */
  files(): ReadonlyMap<string, Uint8Array> {
    return this.#names.files();
  }

  /** A step of the test's own. */
  async pass(kind: string, work: () => Promise<void> | void = () => undefined): Promise<void> {
    await this.#step({ kind, path: '' }, work);
  }

  create(path: string): Promise<NewFile> {
    return this.#step({ kind: 'create', path }, () => this.#newFile(path, this.#names.create(path)));
  }

  createAhead(path: string): Promise<FileAhead> {
    return this.#step({ kind: 'create', path }, () => {
      const content = this.#names.create(path);
      const fd = this.#ahead.push(content) - 1;
      return {
        plan: (pieces) => ({ fd, path, synced: true, pieces }),
        close: () => this.#step({ kind: 'close', path }, () => undefined),
      };
    });
  }

  /** What another thread does with a plan: one step, `write-synced`. */
  async perform({ fd, path, pieces }: PlannedWrite): Promise<void> {
    const content = this.#ahead[fd];
    const step = { kind: 'write-synced', path };
    if (content === undefined) {
      throw systemError('EBADF', step);
    }
    const all = Buffer.concat(pieces);
    const write = (bytes: Uint8Array) => {
      content.bytes = bytes;
    };
    const whole = () => {
      write(all);
      this.#sync(content, step);
    };
    await this.#step(step, whole, () => write(all.subarray(0, all.byteLength / 2)));
  }

  append(path: string): Promise<NewFile> {
    return this.#step({ kind: 'append', path }, () => this.#newFile(path, this.#names.file(path)));
  }

  open(path: string): Promise<OpenFile> {
    return this.#step({ kind: 'open', path }, () => {
      const content = this.#names.file(path);
      const read = (into: Uint8Array, offset: number) =>
        this.#step({ kind: 'read', path }, () => {
          const bytes = content.bytes.subarray(offset, offset + into.byteLength);
          into.set(bytes);
          return bytes.byteLength;
        });
      return { size: content.bytes.byteLength, read, close: () => Promise.resolve() };
    });
  }

  size(path: string): Promise<number | undefined> {
    return this.#step({ kind: 'size', path }, () => this.#names.find(path)?.bytes.byteLength);
  }

  link(from: string, to: string): Promise<void> {
    const step = { kind: 'link', path: to };
    return this.#step(step, () => {
      if (!this.canLink) {
        throw systemError('EXDEV', step);
      }
      this.#names.link(from, to);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#step({ kind: 'rename', path: to }, () => this.#names.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#step({ kind: 'remove', path }, () => this.#names.remove(path));
  }

  makeFolder(path: string): Promise<string | undefined> {
    return this.#step({ kind: 'make-folder', path }, () => this.#names.makeFolder(path));
  }

  list(path: string): ReturnType<Disk['list']> {
    return this.#step({ kind: 'list', path }, () => this.#names.list(path));
  }

  syncFolder(path: string): Promise<void> {
    const step = { kind: 'sync-folder', path };
    return this.#step(step, () => (this.lies(step) ? undefined : this.#names.sync(path)));
  }

  freeBytes(path: string): Promise<number> {
    return this.#step({ kind: 'free', path }, () => this.free);
  }

  #newFile(path: string, content: Content): NewFile {
    const write = (pieces: readonly Uint8Array[]) => {
      content.bytes = Buffer.concat([content.bytes, ...pieces]);
    };
    return {
      write: (pieces) => {
        const half = () => {
          const all = Buffer.concat(pieces);
          write([all.subarray(0, all.byteLength / 2)]);
        };
        return this.#step({ kind: 'write', path }, () => write(pieces), half);
      },
      sync: () => {
        const step = { kind: 'sync', path };
        return this.#step(step, () => this.#sync(content, step));
      },
      close: () => this.#step({ kind: 'close', path }, () => undefined),
    };
  }

  #sync(content: Content, step: DiskStep): void {
    content.synced = this.lies(step) ? content.synced : content.bytes;
  }

  /** Takes a step, or what its fault makes of it. `half` is done where it goes wrong in the middle. */
  async #step<T>(step: DiskStep, work: () => T | Promise<T>, half: () => void = () => undefined): Promise<T> {
    await Promise.resolve();
    this.#throwIfCut(step);
    const fault = this.plan(step, this.steps.push(step) - 1);
    switch (fault) {
      case 'fails':
        half();
        throw systemError('EIO', step);
      case 'full':
        half();
        throw systemError('ENOSPC', step);
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
        break;
      case 'cut-within':
        half();
        this.#isCut = true;
        break;
      case 'cut-before':
        this.#isCut = true;
        break;
      default:
        break;
    }
    this.#throwIfCut(step);
    const result = await work();
    this.#isCut ||= fault === 'cut-after';
    this.#throwIfCut(step);
    return result;
  }

  #throwIfCut({ kind }: DiskStep): void {
    if (this.#isCut) {
      throw new PowerCut(`the power was cut at or before this step (${kind})`);
    }
  }
}

/** What a file has after a power cut: what was synced, and of the rest nothing, zeros, a part, some sectors, or all of it. */
function afterCut({ bytes, synced }: Content, random: () => number): Uint8Array {
  const rest = bytes.subarray(synced.byteLength);
  switch (Math.floor(random() * 5)) {
    case 0:
      return synced;
    case 1:
      return Buffer.concat([synced, Buffer.alloc(rest.byteLength)]);
    case 2:
      return Buffer.concat([synced, rest.subarray(0, Math.floor(random() * rest.byteLength))]);
    case 3: {
      const some = Buffer.from(rest);
      for (let at = 0; at < some.byteLength; at += SECTOR) {
        some.fill(0, at, random() < 0.5 ? at : Math.min(at + SECTOR, some.byteLength));
      }
      return Buffer.concat([synced, some]);
    }
    default:
      return bytes;
  }
}

function systemError(code: string, { kind, path }: DiskStep): Error {
  return Object.assign(new Error(`${code}: ${kind} ${join(basename(dirname(path)), basename(path))}`), { code });
}
