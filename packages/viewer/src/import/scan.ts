import { DicomError, type DirectoryFile, type MediaDirectory, readDirectory, TAG } from '@filmless/dicom';
import type { Given } from '../upload/given.ts';
import { unzip, ZipError } from '../upload/unzip.ts';
import { type Disc, DiscBuilder, MOST_FILES } from './disc.ts';
import { type FileFacts, type InstanceFacts, instanceFacts, readFacts } from './facts.ts';

const MOST_DIRECTORY_BYTES = 128 * 1024 * 1024;
/** Files read at a time: a CD has one head. */
const AT_ONCE = 4;
/** The page is given time to draw and to answer after so long. */
const BREATH_MS = 12;

class TooManyFiles extends Error {
  override readonly name = 'TooManyFiles';
}

export interface ScanProgress {
  /** Files that were looked at, and found so far. */
  readonly looked: number;
  readonly total: number;
  readonly images: number;
}

interface ScanOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ScanProgress) => void;
}

/**
 * Finds out what a folder, a disc or a ZIP archive holds. By its DICOMDIR where there is one, and one header of each series to check it; else
 * by the headers of all files, never more of a file than that. @throws TooManyFiles, the abort of `signal`
 */
export async function scan(given: AsyncIterable<Given>, options: ScanOptions): Promise<Disc> {
  const all: Given[] = [];
  for await (const file of given) {
    options.signal.throwIfAborted();
    all.push(file);
    if (all.length > MOST_FILES) {
      throw new TooManyFiles();
    }
  }
  return await new Scan(all, options).run();
}

class Scan {
  readonly #all: readonly Given[];
  readonly #options: ScanOptions;
  readonly #builder = new DiscBuilder();
  readonly #byPath: ReadonlyMap<string, Given>;
  /** What the index lists: its headers need not be read. */
  readonly #covered = new Set<Given>();
  #looked = 0;
  #breathed = performance.now();

  constructor(all: readonly Given[], options: ScanOptions) {
    this.#all = all;
    this.#options = options;
    this.#byPath = new Map(all.map((file) => [plainPath(file.path), file]));
  }

  async run(): Promise<Disc> {
    for (const file of this.#all) {
      if (plainPath(baseName(file.path)) === 'DICOMDIR') {
        this.#covered.add(file);
        await this.#byDirectory(file);
      }
    }
    const left = this.#all.filter((file) => !this.#covered.has(file));
    this.#looked = this.#all.length - left.length;
    const queue = left.values();
    const work = async (): Promise<void> => {
      for (const file of queue) {
        await this.#look(file);
        await this.#step();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.#tell();
    return this.#builder.build();
  }

  async #look(given: Given): Promise<void> {
    try {
      const file = await given.open();
      const found = await readFacts(file);
      if (found.kind === 'zip') {
        await this.#unpack(given.path, file);
      } else {
        this.#take(given.path, file.size, found, { kind: 'file', file });
      }
    } catch (error) {
      this.#options.signal.throwIfAborted();
      this.#builder.leaveOut(given.path, error instanceof ZipError ? zipReason(error) : 'unreadable');
    }
  }

  #take(path: string, size: number, found: FileFacts, origin: Parameters<DiscBuilder['add']>[1]['origin']): void {
    switch (found.kind) {
      case 'dicom':
        this.#builder.add(found.facts, { path, size, sopInstanceUid: found.facts.sopInstanceUid, origin });
        return;
      case 'zip':
        this.#builder.leaveOut(path, 'nested-zip');
        return;
      case 'incomplete':
        this.#builder.leaveOut(path, 'incomplete');
        return;
      case 'dicomdir':
      case 'other':
        this.#builder.leaveOut(path, 'not-dicom');
    }
  }

  /** Each entry is looked at as it comes by, and let go. @throws ZipError */
  async #unpack(path: string, archive: Blob): Promise<void> {
    const names = new Set<string>();
    const directories: { readonly base: string; readonly directory: MediaDirectory }[] = [];
    for await (const { name, content } of unzip(archive)) {
      const inside = `${path}/${name}`;
      names.add(plainPath(name));
      if (isUnsafe(name)) {
        this.#builder.leaveOut(inside, 'unsafe-name');
      } else if (content === undefined) {
        this.#builder.leaveOut(inside, 'entry-too-large');
      } else {
        const found = await readFacts(content);
        const directory = found.kind === 'dicomdir' ? await this.#readDirectory(content) : undefined;
        if (directory === undefined) {
          this.#take(inside, content.size, found, { kind: 'zip', archive, name });
        } else {
          directories.push({ base: folderOf(name), directory });
        }
      }
      await this.#breathe();
    }
    for (const { base, directory } of directories) {
      for (const listed of directory.files) {
        const wanted = listed.path.join('/');
        if (!names.has(plainPath(`${base}${wanted}`))) {
          this.#builder.addMissing(listedFacts(listed), wanted);
        }
      }
    }
  }

  async #byDirectory(given: Given): Promise<void> {
    const content = await given.open().catch(() => undefined);
    const directory = content === undefined ? undefined : await this.#readDirectory(content);
    if (directory === undefined) {
      return;
    }
    const base = folderOf(given.path);
    const listed = directory.files.map((entry) => {
      const path = entry.path.join('/');
      return { path, facts: listedFacts(entry), file: this.#byPath.get(plainPath(`${base}${path}`)) };
    });
    const checked = await this.#check(listed);
    if (checked === undefined) {
      this.#builder.directory = 'wrong';
      return;
    }
    for (const { path, facts, file } of listed) {
      if (file === undefined) {
        this.#builder.addMissing(facts, path);
      } else if (!this.#covered.has(file)) {
        this.#covered.add(file);
        const opened = await file.open();
        this.#builder.add(facts, {
          path: file.path,
          size: opened.size,
          sopInstanceUid: facts.sopInstanceUid,
          origin: { kind: 'file', file: opened },
        });
      }
      await this.#breathe();
    }
    for (const { facts, header } of checked) {
      this.#builder.correct(facts, header);
    }
  }

  /** The header of one file of each series; undefined when the index says another thing. */
  async #check(
    listed: readonly { readonly facts: InstanceFacts; readonly file: Given | undefined }[],
  ): Promise<readonly { readonly facts: InstanceFacts; readonly header: InstanceFacts }[] | undefined> {
    const checked: { readonly facts: InstanceFacts; readonly header: InstanceFacts }[] = [];
    const bySeries = Map.groupBy(listed, ({ facts }) => facts.series.uid);
    for (const own of bySeries.values()) {
      const first = own.find(({ file }) => file !== undefined);
      if (first?.file !== undefined) {
        const found = await readFacts(await first.file.open()).catch(() => undefined);
        if (found?.kind !== 'dicom' || !isSame(first.facts, found.facts)) {
          return undefined;
        }
        checked.push({ facts: first.facts, header: found.facts });
      }
      await this.#breathe();
    }
    return checked;
  }

  /** Undefined for one that cannot be read: then the files speak. */
  async #readDirectory(content: Blob): Promise<MediaDirectory | undefined> {
    try {
      if (content.size > MOST_DIRECTORY_BYTES) {
        throw new DicomError('limit-exceeded', 'too large');
      }
      const directory = readDirectory(new Uint8Array(await content.arrayBuffer()));
      this.#builder.directory = directory.warnings.length === 0 ? 'read' : 'wrong';
      return directory;
    } catch (error) {
      if (!(error instanceof DicomError)) {
        throw error;
      }
      this.#builder.directory = 'wrong';
      return undefined;
    }
  }

  async #step(): Promise<void> {
    this.#looked += 1;
    await this.#breathe();
  }

  async #breathe(): Promise<void> {
    this.#options.signal.throwIfAborted();
    if (performance.now() - this.#breathed > BREATH_MS) {
      this.#tell();
      await new Promise((resolve) => setTimeout(resolve));
      this.#breathed = performance.now();
    }
  }

  #tell(): void {
    this.#options.onProgress({ looked: this.#looked, total: this.#all.length, images: this.#builder.files });
  }
}

function listedFacts({ patient, study, series, record }: DirectoryFile): InstanceFacts {
  const uid = record['00041511'];
  return instanceFacts({
    ...patient,
    ...study,
    ...series,
    ...(uid === undefined ? {} : { [TAG.SOPInstanceUID]: uid }),
  });
}

function isSame(listed: InstanceFacts, header: InstanceFacts): boolean {
  return (
    listed.sopInstanceUid === header.sopInstanceUid &&
    listed.study.uid === header.study.uid &&
    listed.series.uid === header.series.uid &&
    listed.patient.id === header.patient.id
  );
}

/** Names as ISO 9660 has them and as systems show them: without version, in any case. */
function plainPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/;\d+$/, '').replace(/\.$/, '').toUpperCase();
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Nothing is unpacked to a disk here; who writes such names means no good all the same. */
function isUnsafe(name: string): boolean {
  const parts = name.replaceAll('\\', '/').split('/');
  return name.startsWith('/') || /^[a-z]:/i.test(name) || parts.includes('..') || name.includes('\0');
}

function zipReason({ code }: ZipError): 'zip-broken' | 'zip-too-large' {
  return code === 'broken' ? 'zip-broken' : 'zip-too-large';
}
