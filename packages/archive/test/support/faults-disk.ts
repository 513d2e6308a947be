import { readFileSync } from 'node:fs';
import type * as fs from 'node:fs/promises';
import { basename, dirname } from 'node:path';

type Disk = typeof fs;

/** What was done to a disk, in order. */
export type DiskStep =
  | { readonly kind: 'create' | 'mkdir' | 'remove' | 'sync-folder'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'sync-file'; readonly path: string; readonly bytes: Uint8Array }
  /** Something of the test's own, for instance that an answer left. */
  | { readonly kind: 'mark'; readonly mark: unknown };

/** Writes down what goes through `node:fs/promises` to a real disk, while it is told to. */
export class DiskJournal {
  readonly steps: DiskStep[] = [];
  recording = false;

  mark(mark: unknown): void {
    this.note({ kind: 'mark', mark });
  }

  note(step: DiskStep): void {
    if (this.recording) {
      this.steps.push(step);
    }
  }

  /** The module with the same functions, the changing ones watched. A step is noted once it has succeeded. */
  watch(disk: Disk): Disk {
    const open = async (path: string, flags?: string, mode?: number) => {
      const file = await disk.open(path, flags, mode);
      if (flags?.startsWith('w') === true) {
        this.note({ kind: 'create', path });
      }
      return this.#watchFile(file, path);
    };
    const watched = {
      open,
      rename: async (from: string, to: string) => {
        await disk.rename(from, to);
        this.note({ kind: 'rename', from, to });
      },
      link: async (from: string, to: string) => {
        await disk.link(from, to);
        this.note({ kind: 'link', from, to });
      },
      rm: async (path: string, options: Parameters<Disk['rm']>[1]) => {
        await disk.rm(path, options);
        this.note({ kind: 'remove', path });
      },
      mkdir: async (path: string, options: { readonly recursive: true }) => {
        const first = await disk.mkdir(path, options);
        for (const made of first === undefined ? [] : between(first, path)) {
          this.note({ kind: 'mkdir', path: made });
        }
        return first;
      },
    };
    return { ...disk, ...watched } as unknown as Disk;
  }

  #watchFile(file: fs.FileHandle, path: string): fs.FileHandle {
    const sync = async (method: 'sync' | 'datasync') => {
      const isFolder = (await file.stat()).isDirectory();
      const bytes = isFolder ? undefined : readFileSync(path);
      await file[method]();
      this.note(bytes === undefined ? { kind: 'sync-folder', path } : { kind: 'sync-file', path, bytes });
    };
    return new Proxy(file, {
      get: (target, name) => {
        if (name === 'sync' || name === 'datasync') {
          return () => sync(name);
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

function between(first: string, last: string): readonly string[] {
  const folders: string[] = [];
  for (let at = last; at.length >= first.length; at = dirname(at)) {
    folders.unshift(at);
  }
  return folders;
}

type Node = { readonly folder: true } | { readonly folder: false; bytes: Uint8Array };

/**
 * The files that are left when the power fails after `steps`. Of bytes, only those synced. Of names, `strict`: those whose
 * folder was synced after, as POSIX has it; `journal`: all up to the last sync of anything, as ext4 and XFS keep them.
 */
export function surviving(
  steps: readonly DiskStep[],
  roots: readonly string[],
  model: 'strict' | 'journal',
): ReadonlyMap<string, Uint8Array> {
  const names = new Map<string, Node>(roots.map((root) => [root, { folder: true }]));
  let kept = new Map(names);
  for (const step of steps) {
    apply(names, step);
    if (step.kind === 'sync-folder' && model === 'strict') {
      const inFolder = (path: string) => dirname(path) === step.path;
      kept = new Map([...[...kept].filter(([path]) => !inFolder(path)), ...[...names].filter(([path]) => inFolder(path))]);
    } else if (model === 'journal' && step.kind.startsWith('sync')) {
      kept = new Map(names);
    }
  }
  const reached = (path: string): boolean => roots.includes(path) || (kept.has(path) && reached(dirname(path)));
  return new Map([...kept].flatMap(([path, node]) => (node.folder || !reached(path) ? [] : [[path, node.bytes]])));
}

function apply(names: Map<string, Node>, step: DiskStep): void {
  switch (step.kind) {
    case 'create':
      names.set(step.path, { folder: false, bytes: new Uint8Array() });
      break;
    case 'mkdir':
      names.set(step.path, { folder: true });
      break;
    case 'remove':
      names.delete(step.path);
      break;
    case 'rename':
    case 'link': {
      const node = names.get(step.from);
      if (node === undefined) {
        throw new Error(`${basename(step.from)} was never created`);
      }
      names.set(step.to, node);
      if (step.kind === 'rename') {
        names.delete(step.from);
      }
      break;
    }
    case 'sync-file': {
      const node = names.get(step.path);
      if (node?.folder === false) {
        node.bytes = step.bytes;
      }
      break;
    }
    case 'sync-folder':
    case 'mark':
      break;
  }
}
