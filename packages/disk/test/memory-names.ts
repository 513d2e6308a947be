import { dirname } from 'node:path';

/** Bytes of a file, whatever names it has. */
export interface Content {
  bytes: Uint8Array;
  /** As of its last sync. */
  synced: Uint8Array;
}

type Node = Content | 'folder';

/** A change to the names in one folder. */
interface Change {
  readonly folder: string;
  readonly name: string;
  /** Undefined where the name is gone. */
  readonly node: Node | undefined;
  /** Changes of one number are kept or lost together: a rename within a folder. */
  readonly together: number;
}

/** Names of files and folders: those that are seen, and those that are on disk. */
export class MemoryNames {
  readonly #seen: Map<string, Node>;
  readonly #durable: Map<string, Node>;
  #changes: Change[] = [];
  #numbers = 0;

  constructor(names: ReadonlyMap<string, Node> = new Map()) {
    this.#seen = new Map(names);
    this.#durable = new Map(names);
  }

  find(path: string): Content | undefined {
    const node = this.#seen.get(path);
    return node === 'folder' ? undefined : node;
  }

  file(path: string): Content {
    const found = this.find(path);
    if (found === undefined) {
      throw missing(path);
    }
    return found;
  }

  create(path: string): Content {
    const content = { bytes: new Uint8Array(), synced: new Uint8Array() };
    this.#add(path, content);
    return content;
  }

  link(from: string, to: string): void {
    this.#add(to, this.file(from));
  }

  rename(from: string, to: string): void {
    const node = this.file(from);
    this.#checkFolder(to);
    const together = this.#numbers++;
    this.#change(to, node, together);
    this.#change(from, undefined, together);
  }

  remove(path: string): void {
    if (this.#seen.has(path)) {
      this.#change(path, undefined);
    }
  }

  makeFolder(path: string): string | undefined {
    if (this.#isFolder(path)) {
      return undefined;
    }
    const above = this.makeFolder(dirname(path));
    this.#change(path, 'folder');
    return above ?? path;
  }

  list(path: string): readonly { readonly name: string; readonly kind: 'file' | 'folder' }[] {
    return [...this.#seen]
      .filter(([name]) => dirname(name) === path)
      .map(([name, node]) => ({ name: name.slice(path.length + 1), kind: node === 'folder' ? 'folder' : 'file' }));
  }

  sync(folder: string): void {
    if (!this.#isFolder(folder)) {
      throw missing(folder);
    }
    for (const change of this.#changes.filter((one) => one.folder === folder)) {
      apply(this.#durable, change);
    }
    this.#changes = this.#changes.filter((one) => one.folder !== folder);
  }

  files(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#seen].flatMap(([path, node]) => (node === 'folder' ? [] : [[path, node.bytes] as const])));
  }

  /** Names and bytes after a power cut; `keeps` says of each change that was not synced whether it survives. */
  surviving(keeps: () => boolean, bytesOf: (content: Content) => Uint8Array): MemoryNames {
    const names = new Map(this.#durable);
    const kept = new Map<number, boolean>();
    for (const change of this.#changes) {
      const keep = kept.get(change.together) ?? keeps();
      kept.set(change.together, keep);
      if (keep) {
        apply(names, change);
      }
    }
    const reached = (path: string): boolean => path === '/' || (names.get(path) === 'folder' && reached(dirname(path)));
    const contents = new Map<Content, Content>();
    const after = (content: Content): Content => {
      const bytes = bytesOf(content);
      return { bytes, synced: bytes };
    };
    for (const [path, node] of [...names]) {
      if (!reached(dirname(path))) {
        names.delete(path);
      } else if (node !== 'folder') {
        const content = contents.get(node) ?? after(node);
        contents.set(node, content);
        names.set(path, content);
      }
    }
    return new MemoryNames(names);
  }

  #isFolder(path: string): boolean {
    return path === '/' || this.#seen.get(path) === 'folder';
  }

  #checkFolder(path: string): void {
    if (!this.#isFolder(dirname(path))) {
      throw missing(path);
    }
  }

  #add(path: string, node: Content): void {
    this.#checkFolder(path);
    if (this.#seen.has(path)) {
      throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
    }
    this.#change(path, node);
  }

  #change(name: string, node: Node | undefined, together: number = this.#numbers++): void {
    const change = { folder: dirname(name), name, node, together };
    apply(this.#seen, change);
    this.#changes.push(change);
  }
}

function apply(names: Map<string, Node>, { name, node }: Change): void {
  if (node === undefined) {
    names.delete(name);
  } else {
    names.set(name, node);
  }
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
}
